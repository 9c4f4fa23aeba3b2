/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_rules.c - the versions of KVM's directed yield, one row each (kvm-and-guest.md 2.6, cfs.md 7.1)
 *
 * The scan itself, one loop or two passes, examines the same vCPUs in the same order in all.
 */
#include "models/kvm/kvm_rules.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "models/kvm/kvm_params.h"

#define RULES_3_16 .candidate = CANDIDATE_PREEMPTED, .toggle = true, .tries = 3
#define RULES_5_3                                                                      \
	.candidate = CANDIDATE_READY, .toggle = true, .tries = 3, .mode_filter = true, \
	.mode_of_preempted = true, .kick_yields = true
#define RULES_5_13 RULES_5_3, .pending_passes = true, .pv_needs_rival = true

static const struct kvm_rules rows[] = {
	{ 3, 6, .candidate = CANDIDATE_NOT_BLOCKED },
	{ 3, 10, .alone_is_success = true, RULES_3_16 },
	{ 3, 16, RULES_3_16 },
	{ 4, 14, .mode_filter = true, RULES_3_16 },
	{ 5, 3, RULES_5_3 },
	{ 5, 13, RULES_5_13 },
	{ 6, 0, .tells_preempted = true, RULES_5_13 },
};

const char *const kvm_rules_words[] = { "kernel", "3.6",  "3.10", "3.16", "4.14",
					"5.3",	  "5.13", "6.0",  NULL };

static size_t count(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

const struct kvm_rules *kvm_rules_find(uint64_t choice, const char *kernel)
{
	const struct kvm_rules *found = &rows[0];
	const char *digits = kernel + strcspn(kernel, "0123456789");
	char *end;
	unsigned long major, minor;

	if (choice)
		return &rows[choice - 1];
	if (!*digits)
		return &rows[count() - 1]; /* a kernel that is none yet */
	major = strtoul(digits, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	for (size_t i = 0; i < count(); i++)
		if (rows[i].major < major || (rows[i].major == major && rows[i].minor <= minor))
			found = &rows[i];
	return found;
}

static bool chosen(uint64_t word, bool of_row)
{
	return word == RULE_OF_ROW ? of_row : word == RULE_ON;
}

struct kvm_rules kvm_rules_make(const struct kvm_params *params, const char *kernel)
{
	struct kvm_rules rules = *kvm_rules_find(params->rules, kernel);

	/* one commit: what is ready is a candidate, and the woken are not asked for their mode */
	if (params->boost_woken != RULE_OF_ROW) {
		rules.mode_of_preempted = params->boost_woken == RULE_ON;
		rules.candidate = rules.mode_of_preempted ? CANDIDATE_READY : CANDIDATE_PREEMPTED;
	}
	rules.kick_yields = chosen(params->boost_kicked, rules.kick_yields);
	rules.pending_passes = chosen(params->boost_pending, rules.pending_passes);
	return rules;
}
