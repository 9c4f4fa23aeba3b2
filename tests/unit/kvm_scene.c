/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_scene.c - builds the machine, hands out the scripts, watches the scans
 */
#include "tests/unit/kvm_scene.h"

#include <check.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/kernel/program.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "models/sched/versions.h"
#include "tests/unit/kvm_scene_act.h"
#include "workloads/workload.h"

struct watch_params {
	struct scene *scene;
};

static struct scene *scene_of(const struct policy *policy)
{
	return ((const struct watch_params *)policy->params)->scene;
}

static void note(struct scene_pair *log, uint32_t *count, uint32_t by, uint32_t of)
{
	if (*count < SCENE_LOG)
		log[(*count)++] = (struct scene_pair){ by, of };
}

static enum verdict watch_candidate(struct policy *policy, const struct vcpu *spinner,
				    const struct vcpu *candidate, bool kernel_mode, uint32_t round)
{
	struct scene *scene = scene_of(policy);

	(void)round;
	ck_assert(kernel_mode || scene->config.kvm.ple == PLE_AMD);
	scene->examined_in_user_mode = !kernel_mode;
	note(scene->examined, &scene->examinations, spinner->index, candidate->index);
	scene->examined_window = spinner->ple_window;
	return VERDICT_NOT_MINE;
}

static void watch_yield(struct policy *policy, struct fair_rq *rq, struct fair_task *yielder,
			struct fair_task *target, uint64_t now)
{
	struct scene *scene = scene_of(policy);

	(void)rq;
	(void)now;
	note(scene->boosted, &scene->boosts, vcpu_of_task(task_of(yielder))->index,
	     vcpu_of_task(task_of(target))->index);
}

static const struct policy_ops watch = {
	.name = "watch",
	.summary = "sees all, does nothing",
	.source = "tests",
	.abi = VCPUSIM_POLICY_ABI,
	.params_size = sizeof(struct watch_params),
	.candidate = watch_candidate,
	.yield_to_before = watch_yield,
};

static void hand_out(struct program *program, struct op *op)
{
	struct scene_task *task = (struct scene_task *)program;

	if (task->asked > task->ops) /* it has been spawned again */
		task->asked = 0;
	if (task->asked == task->ops && task->rounds > 0) {
		task->rounds--;
		task->asked = 0;
	}
	if (task->asked == task->ops) {
		*op = (struct op){ OP_EXIT, 0, 0 };
		task->asked++;
		return;
	}
	task->began[task->asked] = scene_now(task->scene);
	*op = task->op[task->asked++];
}

static void free_workload(struct workload *workload)
{
	g_free(workload->program);
	g_free(workload->dormant);
	g_free(workload->queue_capacity);
	g_free(workload->barrier_parties);
	g_free(workload->rcu_object_bytes);
	g_free(workload);
}

static struct workload *create_workload(const void *params, uint32_t vcpus, uint64_t seed,
					uint32_t vm)
{
	struct scene *scene = ((const struct watch_params *)params)->scene;
	struct workload *workload = g_new0(struct workload, 1);

	(void)vcpus;
	(void)seed;
	(void)vm;
	workload->tasks = scene->tasks;
	workload->program = g_new(struct program *, scene->tasks);
	for (uint32_t i = 0; i < scene->tasks; i++)
		workload->program[i] = &scene->task[i].program;
	workload->dormant = g_memdup2(scene->dormant, scene->tasks * sizeof(bool));
	workload->spin_locks = 4;
	workload->queues = 1;
	workload->queue_capacity = g_new(uint64_t, 1);
	workload->queue_capacity[0] = 16;
	workload->sockets = scene->sockets;
	workload->mutexes = workload->kernel_mutexes = workload->rwsems = 2;
	workload->futexes = workload->barriers = 1;
	workload->barrier_parties = g_new(uint64_t, 1);
	workload->barrier_parties[0] = 3;
	workload->marks = 2;
	workload->rcu_objects = scene->rcu;
	workload->rcu_object_bytes = g_new0(uint64_t, 1);
	workload->rcu_object_bytes[0] = 100;
	workload->free = free_workload;
	return workload;
}

static const struct workload_shape shape = {
	.name = "scene",
	.params_size = sizeof(struct watch_params),
	.create = create_workload,
};

uint64_t scene_version(const char *name)
{
	for (uint64_t i = 0; fair_version_names[i]; i++)
		if (!strcmp(fair_version_names[i], name))
			return i;
	ck_abort_msg("no scheduler %s", name);
}

struct scene *scene_new(uint32_t pcpus, uint32_t vcpus)
{
	struct scene *scene = g_new0(struct scene, 1);
	struct machine_config *config = &scene->config;
	struct watch_params *params = g_new(struct watch_params, 1);

	ck_assert_uint_lt(vcpus, SCENE_TASKS);
	params->scene = scene;
	scene->policy[0] = (struct policy_choice){ &watch, params };
	scene->kind = (struct vm_config){
		.name = (char *)"scene",
		.vm = { .count = 1,
			.vcpus = vcpus,
			.affinity = AFFINITY_PINNED,
			.start = START_TOGETHER,
			.weight = 100,
			.apic = APIC_APICV },
		.guest = { .kernel = scene_version("6.19"),
			   .hz = 1000,
			   .tick = TICK_ALIGNED,
			   .preemption = PREEMPTION_FULL,
			   .placement = PLACEMENT_KERNEL,
			   .wake_affine = 1,
			   .sis_util = 1 },
		.workload = &shape,
		.workload_params = params,
	};
	config->topology = (struct topology_params){ 1, 1, pcpus, 1 };
	config->cost.refill_build = 1;
	config->cost.tsc_khz = 1000000;
	config->cost.spin_poll = 1;
	config->host = (struct kernel_params){ .kernel = scene_version("6.19"),
					       .hz = 1000,
					       .tick = TICK_ALIGNED,
					       .preemption = PREEMPTION_FULL,
					       .placement = PLACEMENT_KERNEL,
					       .wake_affine = 1,
					       .sis_util = 1 };
	config->housekeeping = (struct housekeeping_params){ 0, 1, 1, 1, 1, 0 };
	config->kvm = (struct kvm_params){
		.ple = PLE_INTEL, .ple_window = BASE_WINDOW, .ple_grow = 2, .ple_max = UINT32_MAX
	};
	config->run = (struct run_params){ 0, FOREVER };
	config->vms = &scene->kind;
	config->vm_kinds = 1;
	config->policies = scene->policy;
	config->seed = 1;
	scene->tasks = vcpus + 1; /* the last one is scene_hold()'s */
	for (uint32_t i = 0; i < SCENE_TASKS; i++)
		scene->task[i] = (struct scene_task){ .program.next = hand_out, .scene = scene };
	return scene;
}

void scene_script(struct scene *scene, uint32_t task, uint32_t ops, const struct op *op)
{
	ck_assert_uint_le(ops, SCENE_OPS);
	scene->task[task].ops = ops;
	memcpy(scene->task[task].op, op, ops * sizeof(*op));
}

/* Nothing has run yet, so no tick is armed. */
static void set_tick(struct kernel *kernel, uint64_t period, uint64_t phase)
{
	kernel->tick_period = period ? period : 10 * FOREVER;
	kernel->tick_phase = period ? phase : 5 * FOREVER;
}

void scene_start(struct scene *scene)
{
	scene->config.policy_count = scene->policy[1].ops ? 2 : 1;
	scene->machine = machine_new(&scene->config);
	scene->vm = &scene->machine->vm[0];
	scene->vcpu = scene->vm->vcpu;
	set_tick(&scene->machine->host, scene->host_tick, scene->host_phase);
	set_tick(&scene->vm->guest, scene->guest_tick, scene->guest_phase);
	for (uint32_t i = 0; i < scene->tasks; i++) {
		struct task *task = &scene->vm->tasks[i].task;

		task->only_cpu = i % scene->vm->vcpus;
		if (scene->stranger[i]) {
			task->mm = scene;
			scene->vm->guest.cpu[task->only_cpu].mm = scene;
		}
	}
}

static void settle(struct scene *scene)
{
	const struct machine *machine = scene->machine;

	for (uint32_t i = 0; i < machine->vms; i++)
		for (uint32_t j = 0; j < machine->vm[i].vcpus; j++)
			vcpu_settle(&machine->vm[i].vcpu[j]);
	accounts_settle(&scene->machine->measures.accounts, machine->engine.now);
}

/* kvm-and-guest.md, test 80: every nanosecond of every pCPU is in one account. */
static void check_accounts(struct scene *scene)
{
	struct machine *machine = scene->machine;
	uint64_t now = machine->engine.now, sum = 0;

	settle(scene);
	ck_assert(accounts_check(&machine->measures.accounts, now));
	for (uint32_t kind = 0; kind < ACCOUNT_KINDS; kind++)
		sum += accounts_sum(&machine->measures.accounts, kind);
	ck_assert_uint_eq(sum, machine->host.cpus * (now - machine->measures.since));
}

/* Test 81: tests/check-determinism runs every test twice and compares these lines. */
static void note_end(const struct scene *scene)
{
	const struct machine *machine = scene->machine;
	const char *name = getenv("SCENE_ENDS");
	uint64_t counters = 0;
	FILE *file;

	if (!name)
		return;
	for (uint32_t i = 0; i < COUNTER_KINDS; i++)
		counters = (counters ^ machine->measures.counter[i]) * UINT64_C(0x100000001b3);
	file = fopen(name, "a");
	ck_assert_ptr_nonnull(file);
	(void)fprintf(file, "%" PRIu64 " ns, %" PRIu64 " events: %016" PRIx64 " %016" PRIx64 "\n",
		      machine->engine.now, machine->engine.events, machine->engine.fingerprint,
		      counters);
	ck_assert_int_eq(fclose(file), 0);
}

void scene_free(struct scene *scene)
{
	check_accounts(scene);
	note_end(scene);
	machine_free(scene->machine);
	g_free(scene->policy[0].params);
	g_free(scene);
}

static void script_letter(struct scene *scene, uint32_t task, char letter)
{
	switch (letter) {
	case 'P':
		SCRIPT(scene, task, KERNEL(FOREVER));
		break;
	case 'U':
	case 'R':
		SCRIPT(scene, task, RUN(FOREVER));
		break;
	case 'H':
		scene->task[task].ops = 0;
		break;
	case 'S':
		SCRIPT(scene, task, RUN(100 * US), LOCK(0), RUN(FOREVER));
		break;
	case 'T':
		SCRIPT(scene, task, RUN(110 * US), LOCK(0), RUN(FOREVER));
		break;
	case '-':
		break;
	default:
		ck_abort_msg("no state %c", letter);
	}
}

void scene_set(struct scene *scene, const char *states)
{
	for (uint32_t i = 0; states[i]; i++)
		script_letter(scene, i, states[i]);
	scene_start(scene);
	scene_run(scene, 10 * US);
	scene_hold(scene, 0);
	for (uint32_t i = 0; states[i]; i++) {
		if (states[i] == 'P' || states[i] == 'U')
			scene_freeze(scene, i);
		else if (states[i] == 'H')
			ck_assert_int_eq(scene->vcpu[i].task.state, TASK_SLEEPING);
		else if (states[i] != '-')
			ck_assert(task_running(&scene->vcpu[i].task));
	}
}

uint64_t scene_now(const struct scene *scene)
{
	return scene->machine->engine.now;
}

void scene_run(struct scene *scene, uint64_t when)
{
	engine_run(&scene->machine->engine, when);
}

void scene_step(struct scene *scene)
{
	engine_run(&scene->machine->engine, timers_next(&scene->machine->engine.timers));
}

uint64_t scene_count(const struct scene *scene, enum counter_kind counter)
{
	return scene->machine->measures.counter[counter];
}

void scene_run_until(struct scene *scene, enum counter_kind counter, uint64_t value)
{
	uint64_t end = scene_now(scene) + SECOND;

	while (scene_count(scene, counter) < value) {
		scene_step(scene);
		ck_assert_msg(scene_now(scene) <= end, "%s stays at %" PRIu64 ", wanted %" PRIu64,
			      counter_names[counter], scene_count(scene, counter), value);
	}
	ck_assert_uint_eq(scene_count(scene, counter), value);
}

uint64_t scene_account(struct scene *scene, enum account_kind account)
{
	settle(scene);
	return accounts_sum(&scene->machine->measures.accounts, account);
}

static const char *list(const struct scene_pair *pair, uint32_t count, uint32_t by, char *text,
			uint32_t size)
{
	char *end = text;

	ck_assert_uint_lt(count, SCENE_LOG);
	*text = '\0';
	for (uint32_t i = 0; i < count; i++)
		if (by == UINT32_MAX || pair[i].by == by)
			end += g_snprintf(end, (gulong)(text + size - end), "%s%u",
					  end == text ? "" : " ", pair[i].of);
	return text;
}

const char *scene_boosts(const struct scene *scene, uint32_t by, char *text, uint32_t size)
{
	return list(scene->boosted, scene->boosts, by, text, size);
}

const char *scene_examined(const struct scene *scene, uint32_t by, char *text, uint32_t size)
{
	return list(scene->examined, scene->examinations, by, text, size);
}
