/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_ipi.c - interrupts between vCPUs: what a cross call waits for, and which exits they cost
 *
 * Names carry the numbers of kvm-and-guest.md section 7. Written from the text. AVIC:
 * test_kvm_rules.c. 61, a polling target: test_kvm_guest_poll.c.
 */
#include <check.h>

#include "models/kvm/pv_ipi.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

/* vCPU 0 calls the others at 100 us; `states` as for scene_set(), vCPU 0 a '-'. */
static void call_at_100us(struct scene *scene, const char *states)
{
	SCRIPT(scene, 0, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	scene_set(scene, states);
}

/* When the call was over. */
static uint64_t answered(const struct scene *scene)
{
	ck_assert_uint_eq(scene->task[0].asked, 3);
	return scene->task[0].began[2];
}

START_TEST(t56_a_call_ends_with_its_slowest_target)
{
	struct scene *scene = scene_new(4, 4);

	call_at_100us(scene, "-UUU");
	for (uint32_t i = 1; i <= 3; i++) {
		scene_run(scene, i * MS);
		ck_assert_uint_eq(scene->task[0].asked, 2);
		scene_thaw(scene, i);
	}
	scene_run(scene, 5 * MS);
	ck_assert_uint_eq(answered(scene), 3 * MS);
	scene_free(scene);
}
END_TEST

/* Running targets answer side by side; the sender fills their slots one after another. */
START_TEST(t56_handlers_run_side_by_side)
{
	struct scene *scene = scene_new(5, 5);

	scene->kind.vm.apic = APIC_APICV_IPIV;
	scene->config.cost.call_send = US;
	scene->config.cost.posted_latency = 20 * US;
	scene->config.cost.guest_ipi_handler = 50 * US;
	call_at_100us(scene, "-RRRR");
	scene_run(scene, 2 * MS);

	uint64_t took = answered(scene) - scene->task[0].began[1];

	ck_assert_uint_ge(took, 70 * US);
	ck_assert_uint_le(took, 70 * US + 4 * US);
	scene_free(scene);
}
END_TEST

/* 4.1: and without virtual ICR writes each target costs the sender an exit, in a row. */
START_TEST(t56_exits_of_the_sender_add_up)
{
	struct scene *scene = scene_new(5, 5);

	scene->config.cost.exit = US;
	scene->config.cost.entry = US;
	scene->config.cost.icr_write = 2 * US;
	call_at_100us(scene, "-RRRR");
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(answered(scene) - scene->task[0].began[1], 4 * 4 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 4);
	scene_free(scene);
}
END_TEST

/*
 * With posted interrupts nothing is sent to the target's pCPU: the hog there goes on, KVM's hint is
 * there at once, and the handler runs right after the next entry.
 */
START_TEST(t57_a_preempted_target_is_not_disturbed)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple = PLE_OFF; /* whose yields do disturb it */
	scene->config.cost.posted_latency = 10 * US;
	scene->config.cost.ipi_handler = US;
	scene->config.cost.entry = 2 * US;
	scene->config.cost.guest_ipi_handler = 3 * US;
	call_at_100us(scene, "-U");
	uint64_t host = scene_account(scene, ACCOUNT_HOST_KERNEL);

	ck_assert(!vcpu_pending_interrupt(&scene->vcpu[1]));
	scene_run_until(scene, COUNTER_SHOOTDOWNS, 1);
	scene_run_until(scene, COUNTER_IPIS, 1);
	ck_assert(vcpu_pending_interrupt(&scene->vcpu[1]));
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HOST_KERNEL), host);
	ck_assert(!task_running(&scene->vcpu[1].task));
	ck_assert_uint_eq(scene->task[0].asked, 2);
	ck_assert(vcpu_pending_interrupt(&scene->vcpu[1]));

	scene_thaw(scene, 1);
	scene_run(scene, 2 * MS);
	ck_assert(!vcpu_pending_interrupt(&scene->vcpu[1]));
	ck_assert_uint_eq(answered(scene), MS + 2 * US + 3 * US);
	scene_free(scene);
}
END_TEST

/* Without APICv there is no hint, the rest is the same. */
START_TEST(t57_no_hint_without_apicv)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.vm.apic = APIC_SOFTWARE;
	scene->config.cost.ipi_handler = US;
	call_at_100us(scene, "-U");
	uint64_t host = scene_account(scene, ACCOUNT_HOST_KERNEL);

	scene_run(scene, MS);
	ck_assert_uint_ne(scene->vcpu[1].cpu.pending, 0);
	ck_assert(!vcpu_pending_interrupt(&scene->vcpu[1]));
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HOST_KERNEL), host);
	scene_thaw(scene, 1);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(answered(scene), MS);
	scene_free(scene);
}
END_TEST

/* 4.1: a halted target is woken, whatever the mode: vCPU 0 puts what vCPU 1 has slept for. */
START_TEST(item_4_1_a_halted_target_wakes)
{
	static const enum apic_mode mode[] = { APIC_SOFTWARE, APIC_APICV, APIC_APICV_IPIV };
	struct scene *scene = scene_new(2, 2);

	scene->kind.vm.apic = mode[_i];
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	scene_set(scene, "--");
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_SLEEPING);
	scene_freeze(scene, 1);
	scene_run(scene, 99 * US);
	ck_assert(!scene->vcpu[1].ready);
	scene_run(scene, 100 * US);
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_RUNNABLE);
	ck_assert(scene->vcpu[1].ready);
	scene_thaw(scene, 1);
	scene_run(scene, 200 * US);
	ck_assert_uint_eq(scene->task[1].asked, 2);
	ck_assert_uint_eq(scene->task[1].began[1], 100 * US);
	scene_free(scene);
}
END_TEST

/*
 * 4.1, halted: with virtual ICR writes the wake-up vector interrupts the pCPU on which the target ran
 * last, and the waker is that pCPU, not the sender's. vCPU 3 runs there, and its slice protects it.
 */
START_TEST(item_4_1_a_virtual_write_wakes_from_the_target_s_own_pcpu)
{
	struct scene *scene = scene_new(2, 4);
	uint64_t exits;

	scene->kind.vm.apic = _i ? APIC_APICV_IPIV : APIC_APICV;
	scene->kind.vm.affinity = AFFINITY_FREE;
	scene->kind.vm.initial = INITIAL_IN_ORDER;
	scene->config.cost.posted_latency = US;
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	SCRIPT(scene, 2, SLEEP(FOREVER));
	SCRIPT(scene, 3, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 99 * US);
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_SLEEPING);
	ck_assert_uint_eq(scene->vcpu[1].task.cpu, scene->vcpu[3].task.cpu);
	ck_assert(task_running(&scene->vcpu[3].task));
	exits = scene_count(scene, COUNTER_EXITS);
	scene_run(scene, 101 * US);
	ck_assert_int_eq(scene->vcpu[1].task.state, TASK_RUNNABLE);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS) - exits, 1);
	/* the ICR write, or the interrupt */
	ck_assert_int_eq(scene->vcpu[3].reason == EXIT_INTERRUPT, _i);
	ck_assert_int_eq(scene->vcpu[0].task.waker.last == &scene->vcpu[1].task, !_i);
	scene_free(scene);
}
END_TEST

/* A second interrupt does not arrive with the first one: to vCPU 1 at 100 us, to vCPU 2 at 102. */
START_TEST(item_4_1_each_notification_takes_its_time)
{
	struct scene *scene = scene_new(3, 3);
	struct cpu *cpu[3];

	scene->kind.vm.apic = APIC_APICV_IPIV;
	scene->config.cost.posted_latency = 5 * US;
	scene_set(scene, "RRR");
	for (uint32_t i = 0; i < 3; i++)
		cpu[i] = &scene->vcpu[i].cpu;
	scene_run(scene, 100 * US);
	cpu[0]->ops->kick(cpu[0], cpu[1]);
	scene_run(scene, 102 * US);
	cpu[0]->ops->kick(cpu[0], cpu[2]);
	scene_run(scene, 105 * US);
	ck_assert_uint_eq(cpu[1]->pending, 0);
	scene_run(scene, 107 * US - 1);
	ck_assert_uint_ne(cpu[2]->pending, 0);
	scene_run(scene, 107 * US);
	ck_assert_uint_eq(cpu[2]->pending, 0);
	scene_free(scene);
}
END_TEST

/* 4.1, columns by rows: the exits that one interrupt to one running target costs. */
static uint64_t exits_of_a_call(enum apic_mode mode, bool pv_eoi)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t before, exits;

	scene->kind.vm.apic = mode;
	scene->kind.paravirt.eoi = pv_eoi;
	call_at_100us(scene, "-R");
	before = scene_count(scene, COUNTER_EXITS);
	scene_run(scene, MS);
	answered(scene);
	exits = scene_count(scene, COUNTER_EXITS) - before;
	scene_free(scene);
	return exits;
}

START_TEST(item_4_1_exits_of_an_interrupt)
{
	/* the ICR write, the target's exit, its end of interrupt */
	ck_assert_uint_eq(exits_of_a_call(APIC_SOFTWARE, false), 3);
	ck_assert_uint_eq(exits_of_a_call(APIC_SOFTWARE, true), 2);
	ck_assert_uint_eq(exits_of_a_call(APIC_APICV, false), 1);
	ck_assert_uint_eq(exits_of_a_call(APIC_APICV_IPIV, false), 0);
}
END_TEST

/*
 * vCPU 1 is between two tasks, with interrupts off from 350 to 450 us, when the interrupt comes.
 * Returns the exits from then on.
 */
static uint64_t exits_of_a_late_interrupt(enum apic_mode mode)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t before, exits;

	scene->kind.vm.apic = mode;
	scene->config.kvm.ple = PLE_OFF; /* whose exits are not to be counted */
	scene->tasks = 5;
	scene->config.cost.guest_switch = 100 * US;
	SCRIPT(scene, 0, RUN(300 * US), SHOOTDOWN(1), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(250 * US));
	SCRIPT(scene, 3, RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 399 * US);
	ck_assert_uint_eq(scene->task[0].asked, 1);
	ck_assert(!scene->vcpu[1].cpu.irqs_on);
	before = scene_count(scene, COUNTER_EXITS);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene->task[0].began[1], 400 * US);
	ck_assert_uint_eq(scene->task[0].began[2], 450 * US);
	answered(scene);
	exits = scene_count(scene, COUNTER_EXITS) - before;
	scene_free(scene);
	return exits;
}

START_TEST(t58_interrupts_off_cost_an_exit_without_apicv)
{
	ck_assert_uint_eq(exits_of_a_late_interrupt(APIC_SOFTWARE), 3 + 1);
	ck_assert_uint_eq(exits_of_a_late_interrupt(APIC_APICV), 1);
}
END_TEST

/*
 * 4.1: two vectors wait at an entry. Hardware delivers both. KVM injects one, and asks for an exit
 * when the guest turns interrupts on again; each end of interrupt is an exit, too.
 */
START_TEST(t58_a_second_interrupt_waits_for_its_window)
{
	struct scene *scene = scene_new(2, 2);
	uint64_t exits, kernel;

	scene->kind.vm.apic = _i ? APIC_SOFTWARE : APIC_APICV;
	scene->config.cost.guest_ipi_handler = 10 * US;
	scene_set(scene, "RU");
	scene->vcpu[1].cpu.pending = 1u << IRQ_RESCHEDULE | 1u << IRQ_CALL;
	exits = scene_count(scene, COUNTER_EXITS);
	kernel = scene_account(scene, ACCOUNT_GUEST_KERNEL);
	scene_thaw(scene, 1);
	scene_run(scene, 29 * US);
	ck_assert(!scene->vcpu[1].cpu.irqs_on);
	scene_run(scene, 100 * US);
	ck_assert_uint_eq(scene->vcpu[1].cpu.pending, 0);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_KERNEL) - kernel, 20 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS) - exits, _i ? 3 : 0);
	scene_free(scene);
}
END_TEST

/*
 * vCPUs 0 and 2 flush, vCPU 1 is away. Its list of calls is not empty when the second comes, so
 * that one sends it nothing (3.4); one handler answers both.
 */
START_TEST(t59_two_calls_to_an_absent_target_are_handled_once)
{
	struct scene *scene = scene_new(3, 3);
	uint64_t kernel;

	scene->config.cost.guest_ipi_handler = 10 * US;
	SCRIPT(scene, 2, RUN(200 * US), SHOOTDOWN(1), RUN(FOREVER));
	call_at_100us(scene, "-U-");
	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[0].asked, 2);
	ck_assert_uint_eq(scene->task[2].asked, 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_SHOOTDOWNS), 2);
	/* the callers interrupt each other, and one of them vCPU 1 */
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS_COALESCED), 0);
	kernel = scene_account(scene, ACCOUNT_GUEST_KERNEL);
	scene_thaw(scene, 1);
	scene_run(scene, 2 * MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_KERNEL) - kernel, 10 * US);
	ck_assert_uint_eq(scene->task[0].began[2], MS + 10 * US);
	ck_assert_uint_eq(scene->task[2].began[2], MS + 10 * US);
	scene_free(scene);
}
END_TEST

/* The same vector twice, from two senders, below the guest's lists. */
START_TEST(t59_a_vector_that_is_pending_is_not_sent_again)
{
	struct scene *scene = scene_new(3, 3);
	struct cpu *cpu[3];
	uint64_t kernel;

	scene->config.cost.guest_ipi_handler = 10 * US;
	scene_set(scene, "RUR");
	for (uint32_t i = 0; i < 3; i++)
		cpu[i] = &scene->vcpu[i].cpu;
	for (uint32_t i = 0; i < 3; i += 2) {
		cpu[i]->ops->kick(cpu[i], cpu[1]);
		cpu[i]->ops->raise(cpu[i], IRQ_TIMER); /* its next work */
		scene_run(scene, scene_now(scene) + 50 * US);
	}
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS_COALESCED), 1);
	ck_assert_uint_eq(cpu[1]->pending, 1u << IRQ_RESCHEDULE);
	kernel = scene_account(scene, ACCOUNT_GUEST_KERNEL);
	scene_thaw(scene, 1);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_KERNEL) - kernel, 10 * US);
	scene_free(scene);
}
END_TEST

#define MANY 260

/* The last of MANY vCPUs calls those of [first, last] and `more` (0: no more) in one cross call. */
static struct scene *call_of_many(uint32_t first, uint32_t last, const uint32_t *more)
{
	struct scene *scene = scene_new(MANY, MANY);

	for (uint32_t i = 0; i < MANY - 1; i++) {
		scene->stranger[i] = i < first || i > last;
		SCRIPT(scene, i, RUN(FOREVER));
	}
	for (; more && *more; more++)
		scene->stranger[*more] = false;
	SCRIPT(scene, MANY - 1, RUN(100 * US), SHOOTDOWN(1), RUN(FOREVER));
	return scene;
}

static void finish_call(struct scene *scene, uint32_t targets)
{
	scene_start(scene);
	scene_run(scene, 50 * US);
	uint64_t ipis = scene_count(scene, COUNTER_IPIS);

	scene_run(scene, MS);
	ck_assert_uint_eq(scene->task[MANY - 1].asked, 3);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS) - ipis, targets);
}

static uint64_t hypercalls(uint32_t first, uint32_t last, const uint32_t *more, uint32_t targets)
{
	struct scene *scene = call_of_many(first, last, more);
	uint64_t count;

	scene->kind.paravirt.ipi = true;
	finish_call(scene, targets);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 0);
	count = scene_count(scene, COUNTER_HYPERCALLS);
	scene_free(scene);
	return count;
}

START_TEST(t60_a_hypercall_takes_a_window_of_128)
{
	ck_assert_uint_eq(hypercalls(0, 79, NULL, 80), 1);
	ck_assert_uint_eq(hypercalls(0, 127, NULL, 128), 1);
	ck_assert_uint_eq(hypercalls(0, 128, NULL, 129), 2);
	ck_assert_uint_eq(hypercalls(0, 255, NULL, 256), 2);
	ck_assert_uint_eq(hypercalls(3, 130, NULL, 128), 1); /* relative to the lowest */
	ck_assert_uint_eq(hypercalls(3, 131, NULL, 129), 2);
}
END_TEST

/* {0, 5} and {130, 200}; {5, 132} fits, {5, 133} does not. */
START_TEST(t60_a_window_begins_with_the_first_that_does_not_fit)
{
	ck_assert_uint_eq(hypercalls(0, 0, (const uint32_t[]){ 5, 130, 200, 0 }, 4), 2);
	ck_assert_uint_eq(hypercalls(5, 5, (const uint32_t[]){ 132, 0 }, 2), 1);
	ck_assert_uint_eq(hypercalls(5, 5, (const uint32_t[]){ 133, 0 }, 2), 2);
}
END_TEST

static uint32_t batches(const uint32_t *id, uint32_t count)
{
	struct pv_ipi_batch batch = { 0 };
	uint32_t hypercalls = count > 0;

	for (uint32_t i = 0; i < count; i++) {
		if (pv_ipi_add(&batch, id[i]))
			continue;
		hypercalls++;
		batch = (struct pv_ipi_batch){ 0 };
		ck_assert(pv_ipi_add(&batch, id[i]));
	}
	return hypercalls;
}

/* Where APIC ids do not rise with the guest's CPUs: {0}, {200}, {5, 130}. */
START_TEST(t60_ids_in_any_order)
{
	ck_assert_uint_eq(batches((const uint32_t[]){ 0, 200, 5, 130 }, 4), 3);
	ck_assert_uint_eq(batches((const uint32_t[]){ 127, 0 }, 2), 1);
	ck_assert_uint_eq(batches((const uint32_t[]){ 128, 0 }, 2), 2);
	ck_assert_uint_eq(batches((const uint32_t[]){ 60, 127, 0, 100 }, 4), 1);
}
END_TEST

/* 3.7: it stands in the path for several targets; a single one is an ICR write. */
START_TEST(t60_a_single_target_is_no_hypercall)
{
	struct scene *scene = call_of_many(7, 7, NULL);

	scene->kind.paravirt.ipi = true;
	finish_call(scene, 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HYPERCALLS), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 1);
	scene_free(scene);
}
END_TEST

/* Without it: an exit a target, or one a cluster of 16. */
START_TEST(item_3_7_icr_writes)
{
	struct scene *scene = call_of_many(0, 79, NULL);

	finish_call(scene, 80);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 80);
	scene_free(scene);

	scene = call_of_many(0, 79, NULL);
	scene->kind.vm.x2apic = X2APIC_CLUSTER;
	finish_call(scene, 80);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 5);
	scene_free(scene);

	scene = call_of_many(15, 16, NULL);
	scene->kind.vm.x2apic = X2APIC_CLUSTER;
	finish_call(scene, 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 2);
	scene_free(scene);
}
END_TEST

/* 4.1: IPI virtualisation is for unicast. In cluster mode only what stands alone in its cluster is. */
START_TEST(item_4_1_virtual_writes_are_unicast)
{
	static const struct {
		enum x2apic_mode x2apic;
		uint32_t first, last, exits;
	} row[] = { { X2APIC_PHYSICAL, 0, 79, 0 },
		    { X2APIC_CLUSTER, 0, 79, 5 },
		    { X2APIC_CLUSTER, 15, 16, 0 },
		    { X2APIC_CLUSTER, 15, 17, 1 },
		    { X2APIC_CLUSTER, 3, 3, 0 } };
	struct scene *scene = call_of_many(row[_i].first, row[_i].last, NULL);

	scene->kind.vm.apic = APIC_APICV_IPIV;
	scene->kind.vm.x2apic = row[_i].x2apic;
	finish_call(scene, row[_i].last - row[_i].first + 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), row[_i].exits);
	scene_free(scene);
}
END_TEST

/* 3.4: a wake-up is not a call; it goes to one CPU, cluster or not. */
START_TEST(item_3_7_a_reschedule_interrupt_has_one_target)
{
	struct scene *scene = scene_new(3, 3);

	scene->kind.vm.x2apic = X2APIC_CLUSTER;
	SCRIPT(scene, 0, RUN(100 * US), PUT(0, 1), PUT(0, 1), RUN(FOREVER));
	SCRIPT(scene, 1, GET(0, 1), RUN(FOREVER));
	SCRIPT(scene, 2, GET(0, 1), RUN(FOREVER));
	scene_set(scene, "---");
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 0);
	scene_run(scene, 200 * US);
	ck_assert_uint_eq(scene->task[1].asked, 2);
	ck_assert_uint_eq(scene->task[2].asked, 2);
	ck_assert_uint_eq(scene_count(scene, COUNTER_ICR_EXITS), 2);
	scene_free(scene);
}
END_TEST

/*
 * Section 5, measured for 79 others: 198 us with a write a target, 93 a write a cluster, 76 with
 * hypercalls. What they share, a delivery per target, is most of the last two.
 */
START_TEST(item_5_a_broadcast_costs_less_in_clusters_and_by_hypercall)
{
	uint64_t took[3];

	for (uint32_t i = 0; i < 3; i++) {
		struct scene *scene = call_of_many(0, 78, NULL);

		scene->config.cost.exit = scene->config.cost.entry = 400;
		scene->config.cost.icr_write = 500;
		scene->config.cost.hypercall = 300;
		scene->kind.vm.x2apic = i == 1 ? X2APIC_CLUSTER : X2APIC_PHYSICAL;
		scene->kind.paravirt.ipi = i == 2;
		finish_call(scene, 79);
		took[i] = scene->task[MANY - 1].began[2] - scene->task[MANY - 1].began[1];
		scene_free(scene);
	}
	ck_assert_uint_eq(took[0], 79 * 1300);
	ck_assert_uint_eq(took[1], 5 * 800 + 79 * 500);
	ck_assert_uint_eq(took[2], 800 + 300 + 79 * 500);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-ipi");
	TCase *call = tcase_create("call");
	TCase *send = tcase_create("send");

	tcase_add_test(call, t56_a_call_ends_with_its_slowest_target);
	tcase_add_test(call, t56_handlers_run_side_by_side);
	tcase_add_test(call, t56_exits_of_the_sender_add_up);
	tcase_add_test(call, t57_a_preempted_target_is_not_disturbed);
	tcase_add_test(call, t57_no_hint_without_apicv);
	tcase_add_loop_test(call, item_4_1_a_halted_target_wakes, 0, 3);
	tcase_add_test(call, item_4_1_exits_of_an_interrupt);
	tcase_add_test(call, item_4_1_each_notification_takes_its_time);
	tcase_add_loop_test(call, item_4_1_a_virtual_write_wakes_from_the_target_s_own_pcpu, 0, 2);
	tcase_add_test(call, t58_interrupts_off_cost_an_exit_without_apicv);
	tcase_add_loop_test(call, t58_a_second_interrupt_waits_for_its_window, 0, 2);
	tcase_add_test(call, t59_two_calls_to_an_absent_target_are_handled_once);
	tcase_add_test(call, t59_a_vector_that_is_pending_is_not_sent_again);
	tcase_add_test(send, t60_a_hypercall_takes_a_window_of_128);
	tcase_add_test(send, t60_a_window_begins_with_the_first_that_does_not_fit);
	tcase_add_test(send, t60_ids_in_any_order);
	tcase_add_test(send, t60_a_single_target_is_no_hypercall);
	tcase_add_test(send, item_3_7_icr_writes);
	tcase_add_loop_test(send, item_4_1_virtual_writes_are_unicast, 0, 5);
	tcase_add_test(send, item_3_7_a_reschedule_interrupt_has_one_target);
	tcase_add_test(send, item_5_a_broadcast_costs_less_in_clusters_and_by_hypercall);
	suite_add_tcase(suite, call);
	suite_add_tcase(suite, send);
	return run_suite(suite);
}
