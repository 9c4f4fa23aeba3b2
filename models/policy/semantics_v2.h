/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * semantics_v2.h - parameters, state and the two halves of the v2 series (yield-series.md 1.2)
 *
 * Private to the semantics_v2*.c files and their tests.
 */
#pragma once

#include "models/policy/policy.h"

struct semantics_v2_params {
	uint64_t debooster;	     /* patches 1-5: penalise the yielder */
	uint64_t ipi_tracking;	     /* 6-7: remember who waits for whose interrupt */
	uint64_t strict_first_round; /* 8: its candidate test, not upstream's */
	uint64_t relaxed_round;	     /* 9: a second scan */
	uint64_t ipi_window;	     /* ns */
};

/* Per vCPU (1.2.2): one slot a direction, the newest wins. */
struct ipi_context {
	struct vcpu *last_sender, *last_receiver; /* NULL: none */
	bool pending;				  /* as a sender: not yet seen to be handled */
	uint64_t time;				  /* ns, of the last record as a sender */
};

/* Per pCPU's run queue (1.2.1 steps 3 and 8). */
struct debooster_context {
	uint64_t last_time; /* ns, of the last call that passed the limiter; 0: none yet */
	const struct fair_task *last_from, *last_to; /* the last pair; NULL: none yet */
	uint64_t last_pair_time;		     /* ns */
};

/*
 * How far the yielder's vruntime moves (1.2.1 steps 7 and 8), in virtual ns. `gran`: the base slice
 * in the yielder's virtual time; `need`: how far the target's vruntime is ahead, 0 if it is not;
 * `queued`: tasks below the common queue; `bounced`: the target has just yielded to the yielder.
 */
uint64_t debooster_penalty(uint64_t gran, uint64_t need, uint32_t queued, bool bounced);

/* Does (from, to) reverse the last pair within the debounce time? Remembers the pair. */
bool debooster_bounced(struct debooster_context *context, const struct fair_task *from,
		       const struct fair_task *to, uint64_t now);

/* The hooks of the two halves. */
void debooster_yield_to_before(struct policy *policy, struct fair_rq *rq, struct fair_task *yielder,
			       struct fair_task *target, uint64_t now);
void ipi_track_delivered(struct policy *policy, const struct ipi_delivery *delivery);
void ipi_track_eoi(struct policy *policy, struct vcpu *vcpu, uint32_t vector);

/* As far as the tracking knows (1.2.5): does `spinner` wait for `candidate` to handle its IPI? */
bool ipi_confirmed_receiver(const struct policy *policy, const struct vcpu *spinner,
			    const struct vcpu *candidate);
