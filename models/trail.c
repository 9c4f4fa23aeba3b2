/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail.c - listening: which events belong to the one that is wanted
 */
#include "models/trail.h"

#include <glib.h>

#include "models/config.h"
#include "models/kernel/kernel.h"
#include "models/machine_private.h"
#include "models/machine_trail.h"
#include "models/trail_private.h"
#include "models/trail_record.h"
#include "sim/engine/engine.h"
#include "workloads/workload.h"

/* NULL: `object` is no vCPU's. */
static const struct vcpu *vcpu_at(const struct machine *machine, const void *object)
{
	for (uint32_t i = 0; object && i < machine->vms; i++) {
		const struct vm *vm = &machine->vm[i];
		const char *first = (const char *)vm->vcpu, *at = object;

		if (at >= first && at < (const char *)(vm->vcpu + vm->vcpus))
			return &vm->vcpu[(size_t)(at - first) / sizeof(struct vcpu)];
	}
	return NULL;
}

static struct trail_name name_of(const struct machine *machine, const void *object)
{
	const struct vcpu *vcpu = vcpu_at(machine, object);

	if (vcpu)
		return (struct trail_name){ .vm = (int32_t)vcpu->vm->number, .vcpu = vcpu->index };
	return (struct trail_name){ .vm = object ? NAME_HOST_TASK : NAME_IDLE };
}

static enum trail_place place_of(const struct vcpu *vcpu)
{
	const struct task *task = &vcpu->task;

	if (vcpu->live)
		return PLACE_GUEST;
	if (task->state != TASK_RUNNABLE)
		return PLACE_HALTED;
	if (task_running(task))
		return vcpu->phase == PHASE_POLLING ? PLACE_POLLING : PLACE_HOST;
	if (vcpu->blocking)
		return PLACE_WOKEN;
	if (vcpu->phase == PHASE_AFTER_SPIN)
		return PLACE_YIELDED;
	return vcpu->preempted_in_kernel ? PLACE_KERNEL : PLACE_USER;
}

/* Does a vCPU that is concerned wait or run on that pCPU? */
static bool concerns_pcpu(const struct machine_trail *trail, uint32_t pcpu)
{
	const struct vm *vm = &trail->machine->vm[trail->vm];

	for (uint32_t i = 0; i < vm->vcpus; i++) {
		const struct task *task = &vm->vcpu[i].task;

		if (trail->concerned[i] && task->state == TASK_RUNNABLE && task->cpu == pcpu)
			return true;
	}
	return false;
}

static bool concerns(const struct machine_trail *trail, const struct vcpu *vcpu)
{
	return vcpu && vcpu->vm->number == trail->vm && trail->concerned[vcpu->index];
}

/* Of a vCPU that loses its pCPU; its flags are set, but it is still the current task. */
static enum trail_place left_at(const struct vcpu *vcpu)
{
	if (vcpu->task.state != TASK_RUNNABLE)
		return PLACE_HALTED;
	if (vcpu->phase == PHASE_AFTER_SPIN)
		return PLACE_YIELDED;
	return vcpu->preempted_in_kernel ? PLACE_KERNEL : PLACE_USER;
}

static void record_switch(const struct trail_event *event, const struct vcpu *who,
			  struct trail_record *record)
{
	const struct task *prev = event->who, *next = event->whom;

	record->pcpu = (uint32_t)event->n;
	if (who)
		record->place = left_at(who);
	if (prev && next && prev->state == TASK_RUNNABLE)
		record->rivals = fair_rivals(&prev->fair, &next->fair, &record->rivalry);
}

/* A group's entity on its pCPU: below the root that of a VM, below that one the vCPU's. */
static struct trail_name group_of(const struct machine *machine, const struct fair_entity *entity)
{
	for (uint32_t i = 0; i < machine->vms; i++) {
		const struct vm *vm = &machine->vm[i];

		for (uint32_t k = 0; k < vm->vcpus; k++) {
			const struct fair_entity *up = vm->vcpu[k].task.fair.entity.parent;

			while (up && up != entity)
				up = up->parent;
			if (up)
				return (struct trail_name){ (int32_t)i, k, true, up->depth > 0 };
		}
	}
	return (struct trail_name){ .vm = NAME_GROUP };
}

static void record_hint(const struct machine *machine, const struct trail_event *event,
			struct trail_record *record)
{
	const struct fair_entity *taken = event->hint->taken;

	record->hint = *event->hint;
	record->hint.taken = NULL;
	record->taken = taken && taken->own ? group_of(machine, taken) : name_of(machine, taken);
}

static void record(struct machine_trail *trail, const struct trail_event *event,
		   const struct vcpu *who, const struct vcpu *whom)
{
	const struct machine *machine = trail->machine;
	const struct vcpu *at = event->kind == TRAIL_HINT ? whom : who;
	struct trail_record record = { .when = machine->engine.now,
				       .kind = event->kind,
				       .pcpu = at ? at->task.cpu : UINT32_MAX,
				       .who = name_of(machine, event->who),
				       .whom = name_of(machine, event->whom),
				       .n = event->n,
				       .more = event->more };

	if (event->kind == TRAIL_SWITCH)
		record_switch(event, who, &record);
	else if (event->kind == TRAIL_HINT)
		record_hint(machine, event, &record);
	else if (whom)
		record.place = place_of(whom);
	g_array_append_val(trail->records, record);
}

/* What a poll that ends in vain turns into is the same halt. */
static bool begins(const struct machine_trail *trail, const struct trail_event *event,
		   const struct vcpu *who)
{
	static const enum trail_kind first[] = {
		[TRAIL_SHOOTDOWN] = TRAIL_CALL,
		[TRAIL_LOCK] = TRAIL_LOCK_WAIT,
		[TRAIL_HLT] = TRAIL_HALT,
		[TRAIL_SLEEPING_WAIT] = TRAIL_WAIT,
	};

	return event->kind == first[trail->subject] &&
	       (trail->subject != TRAIL_HLT || (!trail->number[who->id] && event->n >= 0));
}

static bool ends(const struct machine_trail *trail, enum trail_kind kind)
{
	static const enum trail_kind last[] = {
		[TRAIL_SHOOTDOWN] = TRAIL_CALL_OVER,
		[TRAIL_LOCK] = TRAIL_LOCK_OVER,
		[TRAIL_HLT] = TRAIL_HALT_OVER,
		[TRAIL_SLEEPING_WAIT] = TRAIL_WAIT_OVER,
	};

	return kind == last[trail->subject];
}

/* Who is in it: a vCPU, or a task, which may wake on another one. */
static uint32_t slot(const struct machine_trail *trail, const struct vcpu *vcpu,
		     const struct trail_event *event)
{
	if (trail->subject == TRAIL_SLEEPING_WAIT)
		return trail->first_task[vcpu->vm->number] + event->task;
	return vcpu->id;
}

static void begin(struct machine_trail *trail, const struct vcpu *vcpu,
		  const struct trail_event *event)
{
	uint32_t at = slot(trail, vcpu, event);

	trail->number[at] = ++trail->begun;
	trail->since[at] = trail->machine->engine.now;
	if (trail->begun != trail->wanted)
		return;
	trail->recording = true;
	trail->vm = vcpu->vm->number;
	trail->concerned = g_new0(bool, vcpu->vm->vcpus);
	trail->concerned[vcpu->index] = true;
	trail->subject_id = vcpu->id;
	trail->lock = event->more;
	trail->task = event->task;
}

static void end(struct machine_trail *trail, const struct vcpu *vcpu,
		const struct trail_event *event)
{
	struct engine *engine = &trail->machine->engine;
	uint32_t at = slot(trail, vcpu, event);
	uint64_t number = trail->number[at];
	uint64_t took = engine->now - trail->since[at];

	trail->number[at] = 0;
	if (!number)
		return;
	if (!trail->slowest || took > trail->slowest_ns) {
		trail->slowest = number;
		trail->slowest_ns = took;
	}
	if (number != trail->wanted)
		return;
	trail->complete = true;
	trail->recording = false;
	engine_stop(engine);
}

/* Guests switch tasks, too; their tasks are nobody's vCPU. */
static bool of_host(const struct machine *machine, const struct trail_event *event)
{
	const struct task *task = event->who ? event->who : event->whom;

	return task->kernel == &machine->host;
}

static bool is_subject(const struct machine_trail *trail, const struct vcpu *vcpu)
{
	return vcpu && vcpu->id == trail->subject_id;
}

/* Of the task whose wait is told. */
static bool is_own_wait(const struct machine_trail *trail, const struct trail_event *event,
			const struct vcpu *who)
{
	return trail->subject == TRAIL_SLEEPING_WAIT &&
	       (event->kind == TRAIL_WAIT || event->kind == TRAIL_WAIT_SLEEPS ||
		event->kind == TRAIL_WAIT_OVER) &&
	       who->vm->number == trail->vm && event->task == trail->task;
}

/* Whom it waits for is concerned, too. */
static void widen(struct machine_trail *trail, const struct trail_event *event,
		  const struct vcpu *who, const struct vcpu *whom)
{
	if (event->kind == TRAIL_LOCK_PASS && whom && event->more == trail->lock &&
	    whom->vm->number == trail->vm)
		trail->concerned[whom->index] = true; /* the new owner */
	if (is_own_wait(trail, event, who)) {
		trail->concerned[who->index] = true; /* woken elsewhere */
		trail->subject_id = who->id;
	}
	if (!is_subject(trail, who))
		return;
	/* a barrier waits for everybody */
	for (uint32_t i = 0;
	     event->kind == TRAIL_WAIT && event->more >> 32 == OBJECT_BARRIER && i < who->vm->vcpus;
	     i++)
		trail->concerned[i] = true;
	if (!whom)
		return;
	if (event->kind == TRAIL_LOCK_WAIT || event->kind == TRAIL_WAIT ||
	    (event->kind == TRAIL_CALL_TARGET &&
	     (event->n == TARGET_INTERRUPT || event->n == TARGET_UNDER_WAY ||
	      event->n == TARGET_POLLS)))
		trail->concerned[whom->index] = true;
}

/* The vCPUs concerned have business of their own; of that only what moves them counts. */
static bool worth_it(const struct machine_trail *trail, const struct trail_event *event,
		     const struct vcpu *who, const struct vcpu *whom)
{
	switch (event->kind) {
	case TRAIL_CALL:
	case TRAIL_CALL_TARGET:
	case TRAIL_CALL_OVER:
	case TRAIL_HALT:
	case TRAIL_HALT_OVER:
	case TRAIL_LOCK_WAIT:
	case TRAIL_LOCK_OVER:
		return is_subject(trail, who);
	case TRAIL_LOCK_PASS:
		return event->more == trail->lock && trail->subject == TRAIL_LOCK &&
		       who->vm->number == trail->vm;
	case TRAIL_WAIT:
	case TRAIL_WAIT_SLEEPS:
	case TRAIL_WAIT_OVER:
		return is_own_wait(trail, event, who);
	case TRAIL_WAIT_LEAVES:
		return event->more == trail->lock && trail->subject == TRAIL_SLEEPING_WAIT &&
		       who->vm->number == trail->vm;
	case TRAIL_ANSWER:
		return is_subject(trail, whom);
	case TRAIL_EXAMINED:
		return is_subject(trail, who) ||
		       (concerns(trail, whom) && event->n == EXAMINED_TAKEN);
	case TRAIL_SWITCH:
		return concerns(trail, who) || concerns(trail, whom) ||
		       concerns_pcpu(trail, (uint32_t)event->n);
	default:
		return concerns(trail, who) || concerns(trail, whom);
	}
}

static void note(struct trail *base, const struct trail_event *event)
{
	struct machine_trail *trail = (struct machine_trail *)base;
	const struct machine *machine = trail->machine;
	const struct vcpu *who, *whom;

	if (machine->engine.now < machine->config->run.warmup || trail->complete)
		return;
	if (event->kind == TRAIL_SWITCH && !of_host(machine, event))
		return;
	who = vcpu_at(machine, event->who);
	if (!who && event->kind >= TRAIL_WAIT && event->kind <= TRAIL_WAIT_OVER)
		return; /* the host's */
	whom = vcpu_at(machine, event->whom);
	if (who && begins(trail, event, who))
		begin(trail, who, event);
	if (trail->recording) {
		widen(trail, event, who, whom);
		if (worth_it(trail, event, who, whom))
			record(trail, event, who, whom);
		/* what it does now that it has answered is another story */
		if ((event->kind == TRAIL_ANSWER && is_subject(trail, whom)) ||
		    (event->kind == TRAIL_LOCK_PASS && event->more == trail->lock &&
		     concerns(trail, who) && !is_subject(trail, who)))
			trail->concerned[who->index] = false;
	}
	if (who && ends(trail, event->kind))
		end(trail, who, event);
}

struct trail *trail_new(struct machine *machine, enum trail_subject subject, uint64_t number)
{
	struct machine_trail *trail = g_new0(struct machine_trail, 1);
	uint32_t slots = 0;

	trail->first_task = g_new0(uint32_t, machine->vms);
	for (uint32_t i = 0; i < machine->vms; i++) {
		trail->first_task[i] = slots;
		slots += subject == TRAIL_SLEEPING_WAIT ? machine->vm[i].workload->tasks
							: machine->vm[i].vcpus;
	}
	trail->base.note = note;
	trail->machine = machine;
	trail->subject = subject;
	trail->wanted = number;
	trail->number = g_new0(uint64_t, slots);
	trail->since = g_new0(uint64_t, slots);
	trail->records = g_array_new(FALSE, FALSE, sizeof(struct trail_record));
	machine->measures.trail = &trail->base;
	return &trail->base;
}

void trail_free(struct trail *trail)
{
	struct machine_trail *listener = (struct machine_trail *)trail;

	if (!trail)
		return;
	listener->machine->measures.trail = NULL;
	g_free(listener->number);
	g_free(listener->since);
	g_free(listener->first_task);
	g_free(listener->concerned);
	g_array_unref(listener->records);
	g_free(listener);
}

bool trail_complete(const struct trail *trail)
{
	return ((const struct machine_trail *)trail)->complete;
}

uint64_t trail_begun(const struct trail *trail)
{
	return ((const struct machine_trail *)trail)->begun;
}

uint64_t trail_slowest(const struct trail *trail)
{
	return ((const struct machine_trail *)trail)->slowest;
}
