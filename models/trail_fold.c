/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_fold.c - hints in vain, of which there may be thousands, as one line
 *
 * While a vCPU is ineligible, everybody who waits for it yields to it again and again. The first of
 * these attempts are told step by step, the others as a sum when the vCPU runs at last.
 */
#include "models/trail_fold.h"

#include <string.h>

#include "models/trail_record.h"

#define TOLD 2 /* dropped hints for a vCPU before the others are folded */

/* What others tried for one vCPU since it last ran. */
struct attempts {
	struct trail_fold fold;
	guint hints; /* told */
};

static bool same_name(struct trail_name one, struct trail_name other)
{
	return one.vm == other.vm && one.vcpu == other.vcpu;
}

static struct attempts *attempts_for(GArray *all, struct trail_name target)
{
	struct attempts fresh = { .fold.target = target };

	for (guint i = 0; i < all->len; i++) {
		struct attempts *attempts = &g_array_index(all, struct attempts, i);

		if (same_name(attempts->fold.target, target))
			return attempts;
	}
	g_array_append_val(all, fresh);
	return &g_array_index(all, struct attempts, all->len - 1);
}

static void close_fold(struct attempts *attempts, guint at, GArray *folds)
{
	struct trail_name target = attempts->fold.target;

	attempts->fold.at = at;
	if (attempts->fold.yields || attempts->fold.hints)
		g_array_append_val(folds, attempts->fold);
	*attempts = (struct attempts){ .fold.target = target };
}

/* The scan that ends with this record. */
static void skip_scan(const struct trail_record *record, guint last, bool *skip)
{
	guint first = last;

	while (first > 0 && record[first - 1].kind == TRAIL_EXAMINED &&
	       record[first - 1].n != EXAMINED_TAKEN &&
	       same_name(record[first - 1].who, record[last].who) &&
	       record[first - 1].when == record[last].when)
		first--;
	memset(skip + first, true, (last - first + 1) * sizeof(*skip));
}

/* All levels of one hint; returns the last. */
static guint fold_hint(const struct trail_record *record, guint count, guint first,
		       struct attempts *attempts, bool *skip)
{
	const struct fair_hint_step *step;
	guint last = first;
	int64_t lag;

	while (last + 1 < count && record[last + 1].kind == TRAIL_HINT &&
	       record[last + 1].when == record[first].when &&
	       same_name(record[last + 1].whom, record[first].whom) &&
	       record[last + 1].n > record[last].n)
		last++;
	step = &record[last].hint;
	if (step->fate == HINT_HONOURED || attempts->hints < TOLD) {
		attempts->hints++;
		return last;
	}
	lag = step->average - step->vruntime;
	if (!attempts->fold.hints++)
		attempts->fold.lag_first = lag;
	attempts->fold.lag_last = lag;
	attempts->fold.when = record[last].when;
	attempts->fold.pcpu = record[last].pcpu;
	memset(skip + first, true, (last - first + 1) * sizeof(*skip));
	return last;
}

GArray *trail_fold(const struct trail_record *record, guint count, bool *skip)
{
	GArray *folds = g_array_new(FALSE, FALSE, sizeof(struct trail_fold));
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct attempts));

	for (guint i = 0; i < count; i++) {
		struct attempts *attempts = attempts_for(all, record[i].whom);
		bool told = attempts->hints < TOLD;

		if (record[i].kind == TRAIL_SWITCH) {
			close_fold(attempts, i, folds);
		} else if (record[i].kind == TRAIL_HINT) {
			i = fold_hint(record, count, i, attempts, skip);
		} else if (record[i].kind == TRAIL_EXAMINED && record[i].n == EXAMINED_TAKEN) {
			if (!told)
				skip_scan(record, i, skip);
		} else if (record[i].kind == TRAIL_YIELD_TO && record[i].n > 0 && !told) {
			skip[i] = true;
			attempts->fold.yields++;
		}
	}
	for (guint i = 0; i < all->len; i++)
		close_fold(&g_array_index(all, struct attempts, i), count, folds);
	return folds;
}
