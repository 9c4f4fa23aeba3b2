/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_global.c - what holds for every run: conservation, determinism, the case without rivals
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text.
 *
 * Which file tests which number: docs/kvm-tests.md.
 */
#include <check.h>
#include <glib.h>
#include <string.h>

#include "models/kernel/program.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "sim/engine/param.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"
#include "tests/unit/op_driver.h"
#include "workloads/workload.h"

/* Values of a table that have a default. */
static void fill(void *section, const struct param *param)
{
	for (; param->name; param++) {
		uint64_t value = param->fallback ? g_ascii_strtoull(param->fallback, NULL, 10) : 0;

		memcpy((char *)section + param->offset, &value, sizeof(value));
	}
}

/* t80: at any moment the accounts of each pCPU are its time. */
START_TEST(t80_accounts_are_the_time)
{
	static const enum account_kind spins[] = { ACCOUNT_SPIN_LOCK, ACCOUNT_SPIN_PV,
						   ACCOUNT_SPIN_TAS };
	struct scene *scene = scene_new(3, 6);
	struct accounts *accounts;
	uint64_t sum;

	fill(&scene->config.cost, cost_params_table);
	fill(&scene->config.kvm, kvm_params_table);
	scene->config.kvm.ple = PLE_INTEL;
	scene->kind.vm.apic = _i % 2 ? APIC_SOFTWARE : APIC_APICV;
	scene->kind.vm.affinity = _i / 2 ? AFFINITY_FREE : AFFINITY_PINNED;
	scene->kind.vm.spin_lock = (uint64_t)_i % G_N_ELEMENTS(spins);
	scene->kind.paravirt.unhalt = true;
	scene->host_tick = scene->guest_tick = MS;
	scene->guest_phase = 300 * US;
	for (uint32_t i = 0; i < 6; i++) {
		SCRIPT(scene, i, RUN((50 + i) * US), LOCK(i % 2), KERNEL(20 * US), UNLOCK(i % 2),
		       SHOOTDOWN(i), RUN(9 * US), SLEEP((i + 1) * 40 * US), KERNEL(3 * US));
		scene->task[i].rounds = 10000;
	}
	scene_start(scene);
	accounts = &scene->machine->measures.accounts;
	while (scene_now(scene) < 100 * MS) {
		scene_step(scene);
		sum = 0;
		for (uint32_t kind = 0; kind < ACCOUNT_KINDS; kind++)
			sum += scene_account(scene, kind);
		if (sum != 3 * scene_now(scene) || !accounts_check(accounts, scene_now(scene)))
			ck_abort_msg("at %" G_GUINT64_FORMAT " ns", scene_now(scene));
	}
	/* something of every kind has happened; the guest has one kind of spin lock */
	for (uint32_t kind = 0; kind < ACCOUNT_KINDS; kind++) {
		bool other = kind == ACCOUNT_HOST_TASK || kind == ACCOUNT_HALT_POLL ||
			     kind >= ACCOUNT_SPIN_MUTEX;

		for (uint32_t i = 0; i < G_N_ELEMENTS(spins); i++)
			other |= kind == spins[i] && i != scene->kind.vm.spin_lock;
		ck_assert_msg(other || scene_account(scene, kind) > 0, "%s", account_names[kind]);
	}
	scene_free(scene);
}
END_TEST

/* ns that the hogs have had a pCPU. */
static uint64_t hogs_ran(const struct scene *scene)
{
	uint64_t ns = 0;

	for (const struct scene_hog *hog = scene->hog; hog->used; hog++) {
		ns += hog->task.run_total;
		if (hog->task.state == TASK_RUNNABLE && task_running(&hog->task))
			ns += scene_now(scene) - hog->task.running_since;
	}
	return ns;
}

/*
 * Work is conserved through preemptions, exits, yields and migrations: what the scripts asked for
 * is what the accounts of guest mode hold, to the nanosecond, when nothing else costs anything.
 */
START_TEST(t80_guest_work_is_what_the_programs_asked_for)
{
	struct scene *scene = scene_new(3, 6);
	const uint64_t rounds = 300;
	uint64_t user = 0;
	uint64_t kernel = 0;

	scene->config.kvm.halt_poll = _i % 2 ? 200 * US : 0;
	scene->config.kvm.halt_poll_grow = 2;
	scene->config.kvm.halt_poll_grow_start = 10 * US;
	scene->kind.vm.apic = _i % 2 ? APIC_SOFTWARE : APIC_APICV;
	scene->kind.vm.affinity = _i / 2 ? AFFINITY_FREE : AFFINITY_PINNED;
	scene->kind.paravirt.steal_time = scene->kind.paravirt.tlb_flush = _i % 2;
	scene->kind.paravirt.sched_yield = scene->kind.paravirt.ipi = _i / 2;
	scene->host_tick = scene->guest_tick = MS;
	scene->guest_phase = 300 * US;
	for (uint32_t i = 0; i < 6; i++) {
		SCRIPT(scene, i, RUN((50 + i) * US), LOCK(i % 2), KERNEL((20 + i) * US),
		       UNLOCK(i % 2), SHOOTDOWN(i), RUN(9 * US), SLEEP((i + 1) * 40 * US));
		scene->task[i].rounds = rounds - 1;
		user += rounds * (59 + i) * US;
		kernel += rounds * (20 + i) * US;
	}
	scene_start(scene);
	scene_run(scene, 3 * MS);
	for (uint32_t i = 0; i < 6; i++) {
		scene_freeze(scene, i % 3);
		scene_run(scene, scene_now(scene) + 2 * MS);
		scene_thaw(scene, i % 3);
		scene_run(scene, scene_now(scene) + 700 * US);
	}
	scene_run(scene, 2 * SECOND);
	for (uint32_t i = 0; i < 6; i++)
		ck_assert_int_eq(scene->vm->tasks[i].task.state, TASK_DEAD);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_USER), user);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_KERNEL), kernel);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HOST_TASK), hogs_ran(scene));
	ck_assert_uint_gt(scene_count(scene, COUNTER_PLE_EXITS), 100);
	ck_assert_uint_gt(scene_count(scene, COUNTER_YIELD_OK), 0);
	scene_free(scene);
}
END_TEST

/* Two VMs of two shapes on a host with housekeeping: everything that draws random numbers. */
struct host {
	struct machine_config config;
	struct vm_config kind[2];
};

static void host_init(struct host *host, uint64_t seed)
{
	static const char *const shape[] = { "lock_loop", "shootdown_loop" };
	const struct kernel_params kernel = {
		.hz = 250, .preemption = PREEMPTION_LAZY, .wake_affine = true, .sis_util = true
	};

	*host = (struct host){ .config = { .topology = { 1, 1, 3, 1 },
					   .host = kernel,
					   .cgroups = { CGROUPS_PER_VM },
					   .run = { 20 * MS, 200 * MS },
					   .vms = host->kind,
					   .vm_kinds = 2,
					   .seed = seed } };
	fill(&host->config.cost, cost_params_table);
	fill(&host->config.kvm, kvm_params_table);
	fill(&host->config.housekeeping, housekeeping_params_table);
	host->config.kvm.ple = PLE_INTEL;
	host->config.housekeeping.per_pcpu = 1;
	for (uint32_t i = 0; i < 2; i++) {
		struct vm_config *kind = &host->kind[i];

		*kind = (struct vm_config){ .name = (char *)shape[i],
					    .guest = kernel,
					    .workload = shape_find(shape[i]) };
		fill(&kind->vm, vm_params_table);
		kind->vm.count = 1;
		kind->vm.vcpus = 4;
		kind->vm.affinity = AFFINITY_FREE;
		kind->vm.start_spread = kind->vm.phase_spread = MS;
		kind->vm.apic = i ? APIC_SOFTWARE : APIC_APICV;
		kind->workload_params = shape_defaults(kind->workload);
	}
}

static void host_clear(struct host *host)
{
	for (uint32_t i = 0; i < 2; i++)
		g_free(host->kind[i].workload_params);
}

static struct result run_host(uint64_t seed)
{
	struct host host;
	struct result result;

	host_init(&host, seed);
	struct machine *machine = machine_new(&host.config);

	machine_run(machine);
	machine_result(machine, &result);
	machine_free(machine);
	host_clear(&host);
	return result;
}

static void assert_same(const struct result *a, const struct result *b)
{
	ck_assert_uint_eq(a->fingerprint, b->fingerprint);
	ck_assert_uint_eq(a->events, b->events);
	ck_assert_mem_eq(a->account, b->account, sizeof(a->account));
	ck_assert_mem_eq(a->counter, b->counter, sizeof(a->counter));
	ck_assert_mem_eq(a->latency, b->latency, sizeof(a->latency));
	for (uint32_t i = 0; i < a->vms; i++) {
		ck_assert_uint_eq(a->vm[i].work, b->vm[i].work);
		ck_assert_uint_gt(a->vm[i].work, 0);
		ck_assert_uint_eq(a->vm[i].gang, b->vm[i].gang);
		ck_assert_uint_eq(a->vm[i].stacked, b->vm[i].stacked);
		ck_assert_uint_eq(a->vm[i].running, b->vm[i].running);
		ck_assert_uint_eq(a->vm[i].waiting, b->vm[i].waiting);
	}
}

START_TEST(t81_the_same_seed_gives_the_same_run)
{
	struct result first = run_host(7);
	struct result again = run_host(7);
	struct result other = run_host(8);

	ck_assert_uint_gt(first.counter[COUNTER_YIELD_OK], 0);
	assert_same(&first, &again);
	ck_assert_uint_ne(first.fingerprint, other.fingerprint);
	result_clear(&first);
	result_clear(&again);
	result_clear(&other);
}
END_TEST

/* Side by side, a step each in turn, they are the runs that they are alone. */
START_TEST(t81_machines_share_nothing)
{
	struct host host[2];
	struct machine *machine[2];

	for (uint64_t i = 0; i < 2; i++) {
		host_init(&host[i], 7 + i);
		machine[i] = machine_new(&host[i].config);
	}
	for (uint64_t now = 0; now < 220 * MS; now += 100 * US)
		for (uint64_t i = 0; i < 2; i++)
			engine_run(&machine[i]->engine, now + 100 * US);
	for (uint64_t i = 0; i < 2; i++) {
		struct result alone = run_host(7 + i);

		ck_assert_uint_eq(machine[i]->engine.fingerprint, alone.fingerprint);
		ck_assert_uint_eq(machine[i]->engine.events, alone.events);
		result_clear(&alone);
		machine_free(machine[i]);
		host_clear(&host[i]);
	}
}
END_TEST

/* Four vCPUs with a pCPU each fight for a lock: when are all done? */
static struct scene *one_to_one(enum ple_mode ple)
{
	struct scene *scene = scene_new(4, 4);

	fill(&scene->config.cost, cost_params_table);
	scene->config.kvm.ple = ple;
	scene->config.kvm.ple_grow = 0; /* many exits */
	scene->host_tick = scene->guest_tick = 4 * MS;
	scene->guest_phase = MS;
	for (uint32_t i = 0; i < 4; i++) {
		SCRIPT(scene, i, RUN((3 + i) * US), LOCK(1), KERNEL(20 * US), UNLOCK(1));
		scene->task[i].rounds = 1000;
	}
	scene_start(scene);
	for (uint32_t i = 0; i < 4; i++)
		while (scene->vm->tasks[i].task.state != TASK_DEAD)
			scene_step(scene);
	return scene;
}

START_TEST(t82_alone_and_one_to_one_exits_only_cost_time)
{
	struct scene *native = one_to_one(PLE_OFF);
	struct scene *ple = one_to_one(PLE_INTEL);
	const struct cost_params *cost = &ple->config.cost;
	uint64_t exits = scene_count(ple, COUNTER_PLE_EXITS);
	uint64_t one = cost->exit + cost->ple_handler + 3 * cost->ple_scan + cost->entry;

	ck_assert_uint_eq(scene_count(native, COUNTER_PLE_EXITS), 0);
	ck_assert_uint_gt(exits, 4000);
	/* nobody else is ever runnable: each vCPU thread has come to its pCPU once */
	ck_assert_uint_eq(scene_count(ple, COUNTER_YIELD_TO),
			  scene_count(ple, COUNTER_YIELD_ESRCH));
	ck_assert_uint_eq(scene_count(ple, COUNTER_YIELD_OK), 0);
	ck_assert_uint_eq(scene_count(ple, COUNTER_SWITCHES),
			  scene_count(native, COUNTER_SWITCHES));
	ck_assert_uint_le(scene_now(ple), scene_now(native) + exits * one);
	ck_assert_uint_ge(scene_now(ple), scene_now(native));
	scene_free(native);
	scene_free(ple);
}
END_TEST

/* With racy hints that name them all, it is -ESRCH every time. */
START_TEST(t82_alone_and_one_to_one_a_yield_is_esrch)
{
	struct scene *scene = scene_new(4, 4);
	uint64_t switches;

	scene_set(scene, "SRRR");
	switches = scene_count(scene, COUNTER_SWITCHES);
	for (uint32_t k = 1; k <= 5; k++) {
		for (uint32_t i = 1; i < 4; i++)
			scene_feign(scene, i, 'P');
		scene_run_until(scene, COUNTER_SCANS, k);
	}
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_TO), 5 * 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_YIELD_ESRCH), 5 * 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SWITCHES), switches);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-global");
	TCase *global = tcase_create("global");

	tcase_add_loop_test(global, t80_accounts_are_the_time, 0, 4);
	tcase_add_loop_test(global, t80_guest_work_is_what_the_programs_asked_for, 0, 4);
	tcase_add_test(global, t81_the_same_seed_gives_the_same_run);
	tcase_add_test(global, t81_machines_share_nothing);
	tcase_add_test(global, t82_alone_and_one_to_one_exits_only_cost_time);
	tcase_add_test(global, t82_alone_and_one_to_one_a_yield_is_esrch);
	suite_add_tcase(suite, global);
	return run_suite(suite);
}
