/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_words.c - the words for one record of a trail
 */
#include "models/trail_words.h"

#include <glib.h>
#include <inttypes.h>

#include "models/kernel/cpu.h"
#include "models/kvm/requests.h"
#include "models/trail_record.h"

static const char *const exit_words[] = {
	[EXIT_INTERRUPT] = "host interrupt",
	[EXIT_PAUSE] = "pause loop",
	[EXIT_HLT] = "HLT",
	[EXIT_EOI] = "end of interrupt",
	[EXIT_ICR] = "ICR write",
	[EXIT_SEND_IPI] = "hypercall, sends interrupts",
	[EXIT_SCHED_YIELD] = "hypercall, yields",
	[EXIT_TIMER_WRITE] = "timer write",
	[EXIT_TIMER_EXPIRY] = "timer fires",
	[EXIT_DOORBELL] = "device notified",
	[EXIT_FAULT] = "page not mapped",
	[EXIT_IRQ_WINDOW] = "interrupts on again",
};

static const char *const irq_words[IRQ_KINDS] = {
	[IRQ_RESCHEDULE] = "reschedule interrupt",
	[IRQ_CALL] = "call interrupt",
	[IRQ_TIMER] = "timer interrupt",
	[IRQ_TICK] = "tick",
	[IRQ_IO] = "device interrupt",
};

char *trail_name_words(struct trail_name name)
{
	switch (name.vm) {
	case NAME_IDLE:
		return g_strdup("idle");
	case NAME_HOST_TASK:
		return g_strdup("host task");
	case NAME_GROUP:
		return g_strdup("a cgroup");
	default:
		if (name.group && !name.of_vcpu)
			return g_strdup_printf("VM %d's group", name.vm);
		return g_strdup_printf("v%d.%u%s", name.vm, name.vcpu,
				       name.group ? "'s group" : "");
	}
}

const char *trail_examined_words(const struct trail_record *record)
{
	switch ((enum trail_examined)record->n) {
	case EXAMINED_NOT_READY:
		return record->place == PLACE_HALTED ? "halted" : "on a pCPU";
	case EXAMINED_NOTHING_PENDING:
		return "woken, with nothing to do";
	case EXAMINED_NO_CANDIDATE:
		return record->place == PLACE_USER ? "preempted in user mode, no interrupt in sight"
						   : "no candidate for the policy";
	case EXAMINED_NOT_ITS_TURN:
		return "waits in a yield of its own, not its turn";
	default:
		return "taken";
	}
}

/* ms with three decimals: virtual times are long. */
char *trail_ms_words(int64_t ns)
{
	uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	return g_strdup_printf("%s%" PRIu64 ".%03" PRIu64, ns < 0 ? "-" : "", size / 1000000,
			       size / 1000 % 1000);
}

/* "v 12.345, lag -0.100 ms" */
static char *standing(int64_t vruntime, int64_t average)
{
	g_autofree char *v = trail_ms_words(vruntime), *lag = trail_ms_words(average - vruntime);

	return g_strdup_printf("v %s, lag %s%s", v, average > vruntime ? "+" : "", lag);
}

static char *pages_words(int64_t pages)
{
	if (!pages)
		return g_strdup("shootdown of everything");
	return g_strdup_printf("shootdown of %" PRId64 " page%s", pages, pages == 1 ? "" : "s");
}

static const char *target_words(int64_t target)
{
	switch ((enum trail_target)target) {
	case TARGET_INTERRUPT:
		return "is sent an interrupt";
	case TARGET_UNDER_WAY:
		return "has an interrupt under way already";
	case TARGET_POLLS:
		return "idle and polls: sees its flag, no interrupt";
	case TARGET_LAZY:
		return "idle with this memory loaded: notes it, no interrupt";
	default:
		return "flagged preempted: flushes at its next entry, no interrupt";
	}
}

static const char *accepted_words(const struct trail_record *record)
{
	if (record->more)
		return "pending already: merged";
	switch (record->place) {
	case PLACE_GUEST:
		return "in guest mode: is told at once";
	case PLACE_HOST:
		return "on its pCPU in KVM: takes it at its next entry";
	case PLACE_POLLING:
		return "halt polling: sees it";
	case PLACE_HALTED:
		return "halted: its thread is woken";
	case PLACE_WOKEN:
		return "woken, but waits for a pCPU";
	case PLACE_USER:
		return "preempted in user mode: nobody in the host is told";
	case PLACE_KERNEL:
		return "preempted in kernel mode: nobody in the host is told";
	default:
		return "waits in a yield of its own: nobody in the host is told";
	}
}

static char *switch_why(const struct trail_record *record)
{
	static const char *const left[] = {
		[PLACE_GUEST] = "waits",
		[PLACE_HOST] = "waits",
		[PLACE_POLLING] = "waits",
		[PLACE_HALTED] = "halts",
		[PLACE_WOKEN] = "preempted",
		[PLACE_USER] = "preempted in user mode",
		[PLACE_KERNEL] = "preempted in kernel mode",
		[PLACE_YIELDED] = "yields",
	};
	g_autofree char *who = trail_name_words(record->who),
			*whom = trail_name_words(record->whom);
	GString *why = g_string_new(NULL);

	if (record->who.vm >= 0)
		g_string_append_printf(why, "%s %s", who, left[record->place]);
	else if (record->who.vm == NAME_HOST_TASK)
		g_string_append(why, record->rivals ? "host task preempted" : "host task sleeps");
	if (record->rivals) {
		const struct fair_rivalry *rivalry = &record->rivalry;
		g_autofree char *average = trail_ms_words(rivalry->average);
		g_autofree char *one = standing(rivalry->vruntime[0], rivalry->average);
		g_autofree char *other = standing(rivalry->vruntime[1], rivalry->average);
		g_autofree char *first = trail_ms_words(rivalry->deadline[0]),
				*second = trail_ms_words(rivalry->deadline[1]);

		g_string_append_printf(why, "; V %s; %s: %s, deadline %s; %s: %s, deadline %s",
				       average, who, one, first, whom, other, second);
	}
	return g_string_free(why, FALSE);
}

static char *hint_why(const struct trail_record *record)
{
	const struct fair_hint_step *step = &record->hint;
	g_autofree char *average = trail_ms_words(step->average);
	g_autofree char *own = standing(step->vruntime, step->average);
	g_autofree char *taken = trail_name_words(record->taken);
	g_autofree char *v = standing(step->taken_vruntime, step->average);
	g_autofree char *deadline = trail_ms_words(step->taken_deadline);

	if (step->fate == HINT_HONOURED)
		return g_strdup_printf("followed: V %s; %s", average, own);
	return g_strdup_printf("dropped, %s: V %s; %s; %s is taken: %s, deadline %s",
			       step->fate == HINT_INELIGIBLE  ? "not eligible"
			       : step->fate == HINT_MARK_GONE ? "the mark is gone"
							      : "not followed",
			       average, own, taken, v, deadline);
}

static char *yield_why(int64_t result)
{
	if (result > 0)
		return g_strdup("done: marked as next there, both queues pick anew");
	return g_strdup(result < 0 ? "refused: one task on either queue"
				   : "refused: it runs or sleeps by now");
}

static char *plural(int64_t count, const char *one, const char *many, const char *none)
{
	return count ? g_strdup_printf("%" PRId64 " %s", count, count == 1 ? one : many)
		     : g_strdup(none);
}

static char *us(int64_t ns)
{
	return g_strdup_printf("%" PRId64 ".%03" PRId64, ns / 1000, ns % 1000);
}

static char *halt_words(const struct trail_record *record, char **why)
{
	if (!record->n)
		return g_strdup("KVM: blocks its thread");
	if (record->n < 0) {
		*why = g_strdup("an event was there already");
		return g_strdup("KVM: HLT returns at once");
	}

	g_autofree char *poll = us(record->n);

	*why = g_strdup_printf("for %s us at most, or until anybody else could run", poll);
	return g_strdup("KVM: polls");
}

/* What is waited for: "mutex 0". */
static char *object_words(int64_t more)
{
	static const char *const names[] = { [OBJECT_SPIN_LOCK] = "lock",
					     [OBJECT_MUTEX] = "mutex",
					     [OBJECT_RWSEM] = "rwsem",
					     [OBJECT_FUTEX] = "futex",
					     [OBJECT_BARRIER] = "barrier" };

	return g_strdup_printf("%s %" PRId64, names[more >> 32], more & UINT32_MAX);
}

/* Spin locks have hash buckets' among them. */
static char *lock_words(int64_t more)
{
	g_autofree char *object = object_words(more);

	return g_strdup_printf("%s%s", object, more >> 32 == OBJECT_FUTEX ? "'s bucket" : "");
}

static const char *sleep_words(int64_t why)
{
	static const char *const words[] = {
		[SLEEP_ALWAYS] = "",
		[SLEEP_WANTED] = "its vCPU is wanted by another task",
		[SLEEP_OWNER_OFF] = "the owner is not on its vCPU",
		[SLEEP_OWNER_PREEMPTED] = "the owner's vCPU is reported preempted",
		[SLEEP_BEFORE_PREEMPTED] =
			"the vCPU of the spinner before it is reported preempted",
		[SLEEP_READERS] = "readers have had it for too long",
	};

	return words[why];
}

/* A wait for something that a task may sleep for. */
static char *wait_words(const struct trail_record *record, const char *whom, char **why)
{
	g_autofree char *object = object_words(record->more);

	switch (record->kind) {
	case TRAIL_WAIT:
		*why = record->n == WAIT_SPINS	 ? g_strdup("spins")
		       : record->n == WAIT_READS ? g_strdup("as a reader, who does not spin")
						 : g_strdup("does not spin");
		if (record->whom.vm < 0)
			return g_strdup_printf("waits for %s", object);
		return g_strdup_printf("waits for %s, %s's", object, whom);
	case TRAIL_WAIT_SLEEPS:
		*why = g_strdup(sleep_words(record->n));
		return g_strdup("goes to sleep");
	case TRAIL_WAIT_LEAVES:
		*why = record->whom.vm >= 0
			       ? g_strdup_printf("wakes %s's task", whom)
			       : g_strdup(record->n ? "who spins sees it" : "nobody waits");
		if (record->more >> 32 == OBJECT_BARRIER)
			return g_strdup_printf("is the last at %s", object);
		if (record->more >> 32 == OBJECT_FUTEX)
			return g_strdup_printf("wakes %s", object);
		return g_strdup_printf("lets go of %s", object);
	default:
		return g_strdup("its wait is over");
	}
}

/* What the guest does, and its HLT. */
static char *guest_words(const struct trail_record *record, const char *whom, char **why)
{
	g_autofree char *lock = record->kind == TRAIL_LOCK_WAIT || record->kind == TRAIL_LOCK_PASS
					? lock_words(record->more)
					: NULL;

	switch (record->kind) {
	case TRAIL_CALL:
		return pages_words(record->n);
	case TRAIL_CALL_TARGET:
		*why = g_strdup(target_words(record->n));
		return g_strdup_printf("  on %s", whom);
	case TRAIL_CALL_OVER:
		return g_strdup("all have answered: goes on");
	case TRAIL_HANDLER:
		return g_strdup_printf("%s: handler begins", irq_words[record->n]);
	case TRAIL_ANSWER:
		*why = plural(record->n, "answer is missing", "answers are missing",
			      "that was the last");
		return g_strdup_printf("answers %s", whom);
	case TRAIL_LOCK_WAIT:
		*why = plural(record->n, "waiter before it", "waiters before it",
			      "nobody before it");
		if (record->whom.vm < 0)
			return g_strdup_printf("spins for %s, just free", lock);
		return g_strdup_printf("spins for %s, %s's", lock, whom);
	case TRAIL_LOCK_PASS:
		*why = record->whom.vm < 0
			       ? g_strdup("nobody has it")
			       : g_strdup_printf("%s %s", whom,
						 record->n ? "halts and is kicked" : "has it");
		return g_strdup_printf("lets go of %s", lock);
	case TRAIL_WAIT:
	case TRAIL_WAIT_SLEEPS:
	case TRAIL_WAIT_LEAVES:
	case TRAIL_WAIT_OVER:
		return wait_words(record, whom, why);
	case TRAIL_HALT:
		return halt_words(record, why);
	case TRAIL_HALT_OVER: {
		g_autofree char *took = us(record->n), *next = us(record->more);

		*why = g_strdup_printf("%s us since HLT; the next poll: %s us", took, next);
		return g_strdup("has an event and runs");
	}
	default:
		return g_strdup("has the lock and goes on");
	}
}

char *trail_what_words(const struct trail_record *record, char **why)
{
	g_autofree char *who = trail_name_words(record->who),
			*whom = trail_name_words(record->whom);
	char *what;

	*why = NULL;
	switch (record->kind) {
	case TRAIL_EXIT:
		what = g_strdup_printf("exit: %s", exit_words[record->n]);
		break;
	case TRAIL_ENTRY:
		what = g_strdup("enters the guest");
		break;
	case TRAIL_IPI:
		*why = g_strdup_printf("%s %s", whom, accepted_words(record));
		what = g_strdup_printf("%s to %s", irq_words[record->n], whom);
		break;
	case TRAIL_YIELD_TO:
		*why = yield_why(record->n);
		what = g_strdup_printf("yields to %s", whom);
		break;
	case TRAIL_HINT:
		*why = hint_why(record);
		what = g_strdup_printf("hint for it, level %" PRId64 "%s", record->n,
				       record->n ? "" : " (root)");
		break;
	case TRAIL_SWITCH:
		*why = switch_why(record);
		what = g_strdup_printf("%s -> %s", who, whom);
		break;
	default:
		what = guest_words(record, whom, why);
	}
	if (!*why)
		*why = g_strdup("");
	return what;
}
