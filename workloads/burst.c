/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burst.c - intervals of user work, kernel work and kernel events
 */
#include "workloads/burst.h"

#include "sim/engine/time.h"
#include "workloads/instance.h"

#define PPM UINT64_C(1000000)
#define WHOLE_EVENT UINT64_C(1000000000)
/* ns; a shorter rest waits for the next burst: an op of its own would only cost simulation time */
#define SHORTEST 256
#define MMAP_LOCK 0
#define INTERVAL_OPS_MOST 16 /* more than any has; a tape may be anything */

enum burst_step {
	STEP_SPLIT, /* user part, then kernel part */
	STEP_SPIN_LOCK,
	STEP_SPIN_HOLD,
	STEP_SPIN_UNLOCK,
	STEP_READ_LOCK,
	STEP_READ_HOLD,
	STEP_READER_FLUSH,
	STEP_READ_UNLOCK,
	STEP_WRITE_LOCK,
	STEP_WRITE_HOLD,
	STEP_DOWNGRADE,
	STEP_WRITER_FLUSH,
	STEP_WRITE_UNLOCK,
	STEP_FLUSH,
};

void burst_profile_set(struct burst_profile *profile)
{
	profile->interval = profile->interval_max;
	for (int i = 0; i < BURST_EVENTS; i++)
		if (profile->rate[i] && NSEC_PER_SEC / profile->rate[i] < profile->interval)
			profile->interval = NSEC_PER_SEC / profile->rate[i];
	/* A second has 1e9 ns: an interval of n ns earns n times the rate, in billionths. */
	for (int i = 0; i < BURST_EVENTS; i++)
		profile->credit[i] = profile->rate[i] * profile->interval;
}

static uint64_t draw(struct burst *burst, uint64_t mean)
{
	return random_between(&burst->random, mean / 2, mean / 2 + mean);
}

static bool event_earned(struct burst *burst, enum burst_event event)
{
	burst->credit[event] += burst->profile->credit[event];
	if (burst->credit[event] < WHOLE_EVENT)
		return false;
	burst->credit[event] -= WHOLE_EVENT;
	return true;
}

static uint64_t part_of_kernel(struct burst *burst, uint64_t hold)
{
	burst->kernel -= hold < burst->kernel ? hold : burst->kernel;
	return hold;
}

/* A tape that has ended gives plain user work: whoever reads it says that it was too short. */
static void interval_read(struct burst *burst)
{
	struct op *op = &burst->ahead;
	uint64_t *hold = NULL;

	burst->user = op->kind == OP_RUN ? op->amount : burst->profile->interval;
	burst->kernel = burst->spin_hold = burst->read_hold = burst->write_hold = 0;
	burst->flush = burst->downgrade = burst->reader_flushes = false;
	burst->step = STEP_SPLIT;
	for (int i = 0; i < INTERVAL_OPS_MOST; i++) {
		burst->tape->next(burst->tape, op);
		switch (op->kind) {
		case OP_RUN:
		case OP_EXIT:
			return;
		case OP_KERNEL:
			*(hold ? hold : &burst->kernel) = op->amount;
			break;
		case OP_LOCK:
			burst->spin_lock = op->object;
			burst->spin_irqs_off = op->amount;
			hold = &burst->spin_hold;
			break;
		case OP_READ_LOCK:
			hold = &burst->read_hold;
			break;
		case OP_WRITE_LOCK:
			hold = &burst->write_hold;
			break;
		case OP_DOWNGRADE:
			burst->downgrade = true;
			break;
		case OP_SHOOTDOWN:
			burst->flush = true;
			burst->reader_flushes = hold == &burst->read_hold;
			burst->pages = op->amount;
			break;
		default:
			hold = NULL;
			break;
		}
	}
}

static void interval_draw(struct burst *burst)
{
	const struct burst_profile *profile = burst->profile;
	uint64_t length = draw(burst, profile->interval);

	burst->kernel = length * profile->kernel_share / PPM;
	burst->user = length - burst->kernel;
	burst->spin_hold = 0;
	if (event_earned(burst, BURST_SPIN)) {
		burst->spin_hold = part_of_kernel(burst, draw(burst, profile->spin_hold));
		burst->spin_lock = (uint32_t)random_below(&burst->random, profile->spin_locks);
		burst->spin_irqs_off = profile->spin_irqs_off &&
				       random_below(&burst->random, PPM) < profile->spin_irqs_off;
	}
	burst->read_hold = burst->write_hold = 0;
	if (event_earned(burst, BURST_READ))
		burst->read_hold = part_of_kernel(burst, draw(burst, profile->read_hold));
	burst->downgrade = false;
	if (event_earned(burst, BURST_WRITE)) {
		burst->write_hold = part_of_kernel(burst, draw(burst, profile->write_hold));
		burst->downgrade = random_below(&burst->random, PPM) < profile->write_flush;
	}
	burst->flush = event_earned(burst, BURST_FLUSH);
	/* madvise: an acquisition of its own, unless the interval has one */
	burst->reader_flushes = burst->flush && profile->read_flush &&
				random_below(&burst->random, PPM) < profile->read_flush;
	if (burst->reader_flushes && !burst->read_hold)
		burst->read_hold = part_of_kernel(burst, draw(burst, profile->read_hold));
	burst->step = STEP_SPLIT;
}

static void interval_open(struct burst *burst)
{
	if (burst->tape)
		interval_read(burst);
	else
		interval_draw(burst);
}

void burst_init_tape(struct burst *burst, const struct burst_profile *profile, struct program *tape)
{
	burst->profile = profile;
	burst->due = 0;
	burst->tape = tape;
	tape->next(tape, &burst->ahead);
	interval_open(burst);
}

void burst_init(struct burst *burst, const struct burst_profile *profile, uint64_t seed,
		const char *component, uint64_t index)
{
	burst->profile = profile;
	burst->due = 0;
	burst->tape = NULL;
	random_init(&burst->random, seed, component, index, "burst");
	/* Tasks must not earn their events in step with each other. */
	for (int i = 0; i < BURST_EVENTS; i++)
		burst->credit[i] = random_below(&burst->random, WHOLE_EVENT);
	interval_open(burst);
}

void burst_take_user(struct burst *burst, uint64_t work)
{
	burst->due -= (int64_t)work;
	burst->user -= work < burst->user ? work : burst->user;
}

static void hand_out(struct burst *burst, struct op *op, enum op_kind kind, uint64_t work)
{
	burst->due -= (int64_t)work;
	op_set(op, kind, 0, work);
}

static uint64_t flush_pages(struct burst *burst)
{
	const struct burst_profile *profile = burst->profile;
	uint64_t kind = random_below(&burst->random, PPM);
	uint64_t pages =
		random_between(&burst->random, profile->flush_pages_min, profile->flush_pages_max);

	if (kind < profile->flush_full)
		return 0;
	return kind < profile->flush_full + profile->flush_one ? 1 : pages;
}

static bool flush_next(struct burst *burst, struct op *op)
{
	op_set(op, OP_SHOOTDOWN, 0, burst->tape ? burst->pages : flush_pages(burst));
	return true;
}

/* An op of the interval's end, or false: the step needs none. Moves to the next step. */
static bool event_next(struct burst *burst, struct op *op)
{
	bool spin = burst->spin_hold, reads = burst->read_hold, writes = burst->write_hold;
	bool inside = writes && burst->downgrade && burst->flush && !burst->reader_flushes;

	switch (burst->step++) {
	case STEP_SPIN_LOCK:
		op_set(op, OP_LOCK, burst->spin_lock, burst->spin_irqs_off);
		return spin;
	case STEP_SPIN_HOLD:
		if (spin)
			hand_out(burst, op, OP_KERNEL, burst->spin_hold);
		return spin;
	case STEP_SPIN_UNLOCK:
		op_set(op, OP_UNLOCK, burst->spin_lock, 0);
		return spin;
	case STEP_READ_LOCK:
		op_set(op, OP_READ_LOCK, MMAP_LOCK, 0);
		return reads;
	case STEP_READ_HOLD:
		if (reads)
			hand_out(burst, op, OP_KERNEL, burst->read_hold);
		return reads;
	case STEP_READER_FLUSH:
		return burst->reader_flushes && flush_next(burst, op);
	case STEP_READ_UNLOCK:
		op_set(op, OP_RW_UNLOCK, MMAP_LOCK, 0);
		return reads;
	case STEP_WRITE_LOCK:
		op_set(op, OP_WRITE_LOCK, MMAP_LOCK, 0);
		return writes;
	case STEP_WRITE_HOLD:
		if (writes)
			hand_out(burst, op, OP_KERNEL, burst->write_hold);
		return writes;
	case STEP_DOWNGRADE:
		op_set(op, OP_DOWNGRADE, MMAP_LOCK, 0);
		return inside;
	case STEP_WRITER_FLUSH:
		return inside && flush_next(burst, op);
	case STEP_WRITE_UNLOCK:
		op_set(op, OP_RW_UNLOCK, MMAP_LOCK, 0);
		return writes;
	default:
		break;
	}
	inside = burst->flush && !inside && !burst->reader_flushes && flush_next(burst, op);
	interval_open(burst);
	return inside;
}

bool burst_next(struct burst *burst, struct op *op)
{
	for (;;) {
		if (burst->step == STEP_SPLIT) {
			bool user = burst->user;
			uint64_t *part = user ? &burst->user : &burst->kernel;

			if (*part) {
				if (burst->due < SHORTEST)
					return false;
				uint64_t due = (uint64_t)burst->due;
				uint64_t work = *part < due ? *part : due;
				*part -= work;
				hand_out(burst, op, user ? OP_RUN : OP_KERNEL, work);
				return true;
			}
			burst->step = STEP_SPIN_LOCK;
		}
		if (event_next(burst, op))
			return true;
	}
}
