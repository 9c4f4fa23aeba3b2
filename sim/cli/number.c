/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * number.c - numbers for readers
 */
#include "sim/cli/number.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "sim/engine/time.h"

char *number_fixed(double value, int decimals)
{
	g_autofree char *plain = NULL;
	const char *digits, *point;
	GString *text = g_string_new(NULL);

	if (!isfinite(value))
		return g_string_free(g_string_append(text, isnan(value) ? "-"
							   : value > 0	? "inf"
									: "-inf"),
				     FALSE);
	plain = g_strdup_printf("%.*f", decimals, fabs(value));
	/* No minus before zeros. */
	if (value < 0 && strspn(plain, "0.") != strlen(plain))
		g_string_append_c(text, '-');
	point = strchr(plain, '.');
	if (!point)
		point = plain + strlen(plain);
	for (digits = plain; digits < point; digits++) {
		if (digits > plain && (point - digits) % 3 == 0)
			g_string_append_c(text, ',');
		g_string_append_c(text, *digits);
	}
	g_string_append(text, point);
	return g_string_free(text, FALSE);
}

char *number_rounded(double value)
{
	double size = fabs(value);
	int decimals = size == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;

	return number_fixed(value, decimals);
}

char *number_signed(double value, int decimals)
{
	g_autofree char *text = number_fixed(value, decimals);

	return g_strconcat(value >= 0 && isfinite(value) ? "+" : "", text, NULL);
}

char *number_duration(uint64_t ns)
{
	static const struct {
		uint64_t size;
		const char *unit;
	} units[] = {
		{ NSEC_PER_SEC, "s" }, { NSEC_PER_MSEC, "ms" }, { NSEC_PER_USEC, "us" }, { 1, "ns" }
	};
	guint i = 0;

	while (i + 1 < G_N_ELEMENTS(units) && ns < units[i].size)
		i++;
	return g_strdup_printf("%.6g %s", (double)ns / (double)units[i].size, units[i].unit);
}

char *number_count(uint64_t count, const char *noun)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT " %s%s", count, noun, count == 1 ? "" : "s");
}
