/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feature_params.h - single features of a kernel's scheduler, switched against its version's row
 *
 * Every value is 0 for "as the version has it"; else 1 + the feature's value. The names are those
 * of struct fair_features.
 */
#pragma once

#include <stdint.h>

#include "sim/engine/param.h"

struct fair_features;

/* FLAG(name, meaning) for every boolean, RULE(name, meaning) for every enum: NAME_words. */
#define FAIR_FEATURES(FLAG, RULE)                                                                  \
	FLAG(place_lag, "PLACE_LAG: who comes back brings the lag along")                          \
	FLAG(place_deadline_initial, "PLACE_DEADLINE_INITIAL: new tasks get half a slice")         \
	FLAG(place_rel_deadline, "PLACE_REL_DEADLINE: who moves keeps its distance to d")          \
	FLAG(run_to_parity, "RUN_TO_PARITY: a running task is protected for its slice")            \
	FLAG(preempt_short, "PREEMPT_SHORT: shorter slices preempt")                               \
	FLAG(wakeup_preemption, "WAKEUP_PREEMPTION: woken tasks preempt; CFS, too")                \
	FLAG(next_buddy, "NEXT_BUDDY: woken tasks are nominated for the next pick; CFS, too")      \
	FLAG(pick_buddy, "PICK_BUDDY: picks follow nominations, those of directed yields, too")    \
	FLAG(delay_dequeue, "DELAY_DEQUEUE: who sleeps with a debt stays queued until it is paid") \
	FLAG(delay_zero, "DELAY_ZERO: such a sleeper keeps no credit")                             \
	FLAG(hrtick, "HRTICK: a timer ends slices between ticks")                                  \
	RULE(lag_limit, "how large a lag is kept")                                                 \
	RULE(protection, "what a running task is protected until")                                 \
	FLAG(own_protection, "protection and lag are two words")                                   \
	FLAG(protect_at_pick_only, "a changed running task gets no new protection")                \
	FLAG(reweight_keeps_protection, "a new weight tries to keep the protection")               \
	RULE(reweight, "what a new weight does to v and d")                                        \
	FLAG(relative_needs_feature, "kept distances count only with PLACE_REL_DEADLINE")          \
	RULE(yield, "what a yield gives up")                                                       \
	FLAG(lazy_requests, "requests are lazy where preemption is")                               \
	FLAG(buddy_in_test, "a nomination decides the wake-up test, too")                          \
	FLAG(next_buddy_picks, "NEXT_BUDDY stands for PICK_BUDDY, too")                            \
	FLAG(short_in_account, "only an ineligible task loses an open protection")                 \
	RULE(wakeup, "how a wake-up tests for preemption")                                         \
	FLAG(ineligible_yields, "an ineligible waker is preempted in any case")                    \
	FLAG(idle_keeps_protection, "an idle-kind task keeps its protection against others")       \
	FLAG(move_checks, "a task moved to another group is tested for preemption")                \
	FLAG(throttle_tasks, "who is out of quota stops task by task, not the group at once")      \
	FLAG(publish_runnable, "groups are told how many tasks are runnable")                      \
	FLAG(publish_ungated, "groups are told of a load at any time")                             \
	RULE(hrtick_rule, "when HRTICK's timer ends a slice")                                      \
	FLAG(full_loads, "averages count full weights, not weights / 1024")                        \
	FLAG(delayed_lag, "a delayed sleeper's lag is kept from when it began to sleep")           \
	FLAG(buddy_needs_protect, "no nomination in the test of a shorter slice")                  \
	FLAG(test_pops_delayed, "the wake-up test takes delayed sleepers off")                     \
	FLAG(short_drops_buddy, "a shorter slice ends the nomination of whom it preempts")         \
	FLAG(single_queue, "all tasks of a CPU compete on one queue, groups give them weights")    \
	FLAG(concur_shares, "with one queue: a group has its shares on every CPU that it uses")    \
	FLAG(protect_eligible, "a shorter slice ends protection where eligibility ends")           \
	FLAG(eligible_preempts, "a shorter slice preempts as soon as it is eligible")              \
	FLAG(test_while_requested, "a wake-up is tested although a request is pending")            \
	FLAG(test_unprotects, "whoever a wake-up preempts loses its protection")                   \
	FLAG(no_custom_slices, "tasks cannot ask for slices")                                      \
	FLAG(boost_count_stays, "KVM: directed yields begin at a count, not at an index (its bug)")

#define FAIR_FEATURE_FIELD(name, meaning) uint64_t name;

/* "host.features", "vms.guest.features" */
struct feature_params {
	uint64_t base_slice; /* ns, before scaling by the CPUs; 0: the version's */
	FAIR_FEATURES(FAIR_FEATURE_FIELD, FAIR_FEATURE_FIELD)
};

extern const struct param feature_params_table[];

/* `params` NULL: nothing is switched. */
struct fair_features fair_features_with(const struct fair_features *row,
					const struct feature_params *params);
