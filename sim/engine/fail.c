/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail.c - the error domain of the program
 */
#include "sim/engine/fail.h"

G_DEFINE_QUARK(vcpusim - error - quark, vcpusim_error)

gboolean fail(GError **error, enum vcpusim_error code, const char *format, ...)
{
	va_list args;

	if (!error)
		return FALSE;
	/* An error set twice is a bug of the caller; GLib would only warn and leak. */
	g_assert(!*error);
	va_start(args, format);
	*error = g_error_new_valist(VCPUSIM_ERROR, (gint)code, format, args);
	va_end(args);
	return FALSE;
}
