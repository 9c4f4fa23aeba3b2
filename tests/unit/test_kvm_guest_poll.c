/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_kvm_guest_poll.c - an idle guest that polls before it halts (cpuidle-haltpoll), or for ever
 * (idle=poll)
 *
 * Names carry the numbers of kvm-and-guest.md: tests 61 and 67, item 3.10. Written from the text. A poll
 * takes a nanosecond.
 */
#include <check.h>

#include "models/kernel/idle.h"
#include "models/machine_private.h"
#include "tests/check_main.h"
#include "tests/unit/kvm_scene.h"
#include "tests/unit/kvm_scene_act.h"

static const struct kernel_params defaults = { .haltpoll = 1,
					       .haltpoll_ns = 200 * US,
					       .haltpoll_grow = 2,
					       .haltpoll_shrink = 2,
					       .haltpoll_grow_start = 50 * US,
					       .haltpoll_allow_shrink = 1 };

START_TEST(item_3_10_growth_and_shrinking)
{
	static const uint64_t course[][2] = { /* us: halted, and the poll that follows */
					      { 30, 50 },   { 60, 100 },  { 99, 100 },
					      { 150, 200 }, { 190, 200 }, { 201, 100 },
					      { 5000, 50 }, { 5000, 0 },  { 5000, 0 }
	};
	struct kernel_params params = defaults;
	uint64_t limit = 0;

	for (size_t i = 0; i < sizeof(course) / sizeof(course[0]); i++) {
		limit = idle_next_limit(&params, limit, course[i][0] * US);
		ck_assert_uint_eq(limit, course[i][1] * US);
	}
	/* clamped while it grows, unlike KVM's (test 64) */
	params.haltpoll_grow = 10;
	ck_assert_uint_eq(idle_next_limit(&params, 50 * US, 150 * US), 200 * US);
	/* the longest poll would just have met that one */
	params.haltpoll_grow = 2;
	ck_assert_uint_eq(idle_next_limit(&params, 50 * US, 200 * US), 100 * US);
	params.haltpoll_allow_shrink = 0;
	ck_assert_uint_eq(idle_next_limit(&params, 100 * US, MS), 100 * US);
	params.haltpoll_allow_shrink = 1;
	params.haltpoll_shrink = 0;
	ck_assert_uint_eq(idle_next_limit(&params, 100 * US, MS), 0);
}
END_TEST

/* Task 0 gives task 1 an item every so often. */
static struct scene *dealing(uint64_t every)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple = PLE_OFF;
	scene->config.kvm.halt_poll = 200 * US;
	scene->config.kvm.halt_poll_grow = 2;
	scene->config.kvm.halt_poll_grow_start = 10 * US;
	scene->kind.guest.haltpoll = defaults.haltpoll;
	scene->kind.guest.haltpoll_ns = defaults.haltpoll_ns;
	scene->kind.guest.haltpoll_grow = defaults.haltpoll_grow;
	scene->kind.guest.haltpoll_shrink = defaults.haltpoll_shrink;
	scene->kind.guest.haltpoll_grow_start = defaults.haltpoll_grow_start;
	scene->kind.guest.haltpoll_allow_shrink = defaults.haltpoll_allow_shrink;
	SCRIPT(scene, 0, RUN(every), PUT(0, 1));
	SCRIPT(scene, 1, GET(0, 1));
	scene->task[0].rounds = scene->task[1].rounds = 1000000;
	return scene;
}

START_TEST(t61_a_wake_of_a_polling_vcpu_needs_no_ipi_and_no_exit)
{
	struct scene *scene = dealing(30 * US);
	uint64_t ipis, exits;

	scene_start(scene);
	/* the first one was halted, and has learnt from it */
	scene_run(scene, 31 * US);
	ipis = scene_count(scene, COUNTER_IPIS);
	exits = scene_count(scene, COUNTER_EXITS);
	ck_assert_uint_eq(ipis, 1);
	ck_assert_uint_eq(scene->vm->guest.cpu[1].idle.limit, 50 * US);
	scene_run(scene, 900 * US);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), ipis);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS), exits);
	ck_assert_uint_eq(scene->task[1].rounds, 1000000 - 30);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_POLL), 870 * US);
	scene_free(scene);
}
END_TEST

/* Loop index: how many others the call is for. A single one that polls needs no interrupt, two do. */
START_TEST(item_3_4_a_call_of_one_polling_vcpu_needs_no_ipi_and_no_exit)
{
	struct scene *scene = scene_new((uint32_t)_i + 1, (uint32_t)_i + 1);
	uint64_t ipis, exits;

	scene->config.kvm.ple = PLE_OFF;
	scene->config.cost.lock_handover = 100;
	scene->config.cost.guest_ipi_handler = 5 * US;
	scene->kind.guest.idle = IDLE_POLL;
	SCRIPT(scene, 0, RUN(30 * US), ((struct op){ OP_CALL_ALL, 0, 20 * US }), RUN(FOREVER));
	for (uint32_t i = 1; i <= (uint32_t)_i; i++)
		SCRIPT(scene, i, RUN(US), SLEEP(FOREVER));
	scene_start(scene);
	scene_run(scene, 20 * US);
	ipis = scene_count(scene, COUNTER_IPIS);
	exits = scene_count(scene, COUNTER_EXITS);
	scene_run(scene, MS);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS) - ipis, _i == 1 ? 0 : 2);
	ck_assert_int_eq(scene_count(scene, COUNTER_EXITS) > exits, _i > 1);
	/* its flag, the function, the answer; no interrupt's handler */
	if (_i == 1)
		ck_assert_uint_eq(scene->task[0].began[2] - scene->task[0].began[1],
				  100 + 20 * US + 100);
	else
		ck_assert_uint_ge(scene->task[0].began[2] - scene->task[0].began[1], 25 * US);
	scene_free(scene);
}
END_TEST

/* The flag is set for a vCPU that has no pCPU: its call waits until it is back, and nothing hints at that. */
START_TEST(item_3_4_a_call_of_a_preempted_poller_waits)
{
	struct scene *scene = scene_new(2, 2);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.guest.idle = IDLE_POLL;
	SCRIPT(scene, 0, RUN(30 * US), ((struct op){ OP_CALL_ALL, 0, 20 * US }), RUN(FOREVER));
	SCRIPT(scene, 1, RUN(US), SLEEP(FOREVER));
	scene_start(scene);
	scene_run(scene, 20 * US);
	scene_freeze(scene, 1);
	scene_run(scene, 500 * US);
	ck_assert_uint_eq(scene->task[0].asked, 2);
	ck_assert(!vcpu_pending_interrupt(&scene->vcpu[1]));
	scene_thaw(scene, 1);
	scene_run(scene, 600 * US);
	ck_assert_uint_eq(scene->task[0].asked, 3);
	scene_free(scene);
}
END_TEST

START_TEST(item_3_10_a_poll_in_vain_halts)
{
	struct scene *scene = dealing(120 * US);

	scene_start(scene);
	scene_run(scene, 121 * US);
	ck_assert_uint_eq(scene->vm->guest.cpu[1].idle.limit, 50 * US);
	scene_run(scene, 169 * US);
	ck_assert(scene->vm->guest.cpu[1].idle.polls);
	scene_run(scene, 171 * US);
	ck_assert(scene->vcpu[1].blocking);
	/* polled for 50 us, halted for 70: the next poll takes 100, and the one after that 200 */
	scene_run(scene, 241 * US);
	ck_assert_uint_eq(scene->vm->guest.cpu[1].idle.limit, 100 * US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_POLL), 51 * US);
	scene_free(scene);
}
END_TEST

/* Loop index: does the guest poll? */
START_TEST(t67_the_host_does_not_poll_for_a_guest_that_does)
{
	struct scene *scene = dealing(150 * US);

	scene->kind.guest.haltpoll = _i;
	scene_start(scene);
	scene_run(scene, 20 * MS);
	ck_assert_int_eq(scene_account(scene, ACCOUNT_HALT_POLL) > 0, !_i);
	ck_assert_int_eq(scene_account(scene, ACCOUNT_GUEST_POLL) > 0, _i);
	ck_assert_int_eq(scene->vcpu[1].halt_poll > 0, !_i);
	scene_free(scene);
}
END_TEST

/* The flag waits for the vCPU: nothing tells the host that there is work. */
START_TEST(item_3_10_a_preempted_poller_sees_its_work_when_it_is_back)
{
	struct scene *scene = dealing(30 * US);

	scene_start(scene);
	scene_run(scene, 45 * US);
	ck_assert(scene->vm->guest.cpu[1].idle.polls);
	scene_freeze(scene, 1);
	scene_run(scene, 500 * US);
	ck_assert_uint_eq(scene->task[1].rounds, 1000000 - 1);
	scene_thaw(scene, 1);
	scene_run(scene, 505 * US);
	ck_assert_uint_eq(scene->task[1].rounds, 1000000 - 16);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 1);
	scene_free(scene);
}
END_TEST

/* It polls with PAUSE in kernel mode: to KVM that is a loop like any other. */
START_TEST(item_3_10_the_poll_is_a_pause_loop)
{
	struct scene *scene = dealing(30 * US);

	scene->config.kvm.ple = PLE_INTEL;
	scene_start(scene);
	scene_run(scene, 59 * US);
	/* windows of 4, 8 and 16 us */
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 3);
	scene_free(scene);
}
END_TEST

/* As dealing(), but vCPU 1 polls for ever. */
static struct scene *dealing_forever(uint64_t every)
{
	struct scene *scene = dealing(every);

	scene->kind.guest.haltpoll = 0;
	scene->kind.guest.idle = IDLE_POLL;
	return scene;
}

/* Items every 30 us, or every 3 ms: nothing grows, so it makes no difference. */
START_TEST(t61_with_idle_poll_no_wake_needs_an_ipi_or_an_exit)
{
	uint64_t every = _i ? 3 * MS : 30 * US;
	struct scene *scene = dealing_forever(every);
	uint64_t exits;

	scene->config.cost.lock_handover = 7;
	scene_start(scene);
	scene_run(scene, US);
	exits = scene_count(scene, COUNTER_EXITS); /* of the start */
	scene_run(scene, 30 * every + US);
	ck_assert_uint_eq(scene->task[1].rounds, 1000000 - 30);
	ck_assert_uint_eq(scene_count(scene, COUNTER_IPIS), 0);
	ck_assert_uint_eq(scene_count(scene, COUNTER_EXITS), exits);
	ck_assert_uint_eq(scene_count(scene, COUNTER_HALT_EXITS), 0);
	/* it sees the flag with its next poll, after the cache line has come over */
	ck_assert_uint_eq(scene->task[1].began[0], 30 * every + 7);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_POLL), 30 * every + US);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_IDLE), 0);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_HALT_POLL), 0);
	scene_free(scene);
}
END_TEST

/* A poll takes 150 ns here, and the flag comes between two of them. */
START_TEST(t61_with_idle_poll_the_next_poll_sees_the_flag)
{
	struct scene *scene = dealing_forever(100 * US);

	scene->config.cost.spin_poll = 150;
	scene_start(scene);
	/* 666 polls take 99.9 us, and the 667th ends at 100.05 us; it begins again at once */
	scene_run(scene, 101 * US);
	ck_assert_uint_eq(scene->task[1].began[0], 100050);
	scene_free(scene);
}
END_TEST

/* Its vCPU never leaves its pCPU to others but when the host takes it away: half of the time. */
START_TEST(item_3_10_an_idle_vcpu_that_polls_takes_its_share)
{
	struct scene *scene = dealing_forever(FOREVER);

	scene->kind.guest.idle = _i ? IDLE_POLL : IDLE_HALT;
	scene->host_tick = 4 * MS;
	scene->config.vms[0].vm.count = 2;
	scene_start(scene);
	/* task 0 of both VMs computes on pCPU 0; on pCPU 1 there is nothing to do */
	scene_run(scene, 400 * MS);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_GUEST_POLL), _i ? 400 * MS : 0);
	ck_assert_uint_eq(scene_account(scene, ACCOUNT_IDLE), _i ? 0 : 400 * MS);
	ck_assert_int_eq(scene->vcpu[1].task.run_total > 190 * MS, _i);
	scene_free(scene);
}
END_TEST

/* No NO_HZ: a CPU that polls for ever keeps its tick (3.12: it is stopped in idle, which this is not). */
START_TEST(item_3_12_with_idle_poll_the_tick_goes_on)
{
	struct scene *scene = dealing_forever(FOREVER);

	scene->kind.guest.idle = _i ? IDLE_POLL : IDLE_HALT;
	scene->guest_tick = MS;
	scene_start(scene);
	scene_run(scene, 10 * MS + 500 * US);
	ck_assert_int_eq(scene->vm->guest.cpu[1].tick_stopped, !_i);
	ck_assert_int_eq(scene->vm->guest.cpu[1].idle.polls, _i);
	scene_free(scene);
}
END_TEST

/* The loop pauses in kernel mode: windows of 4, 8, 16, ... us, for as long as nothing is to be done. */
START_TEST(item_3_10_idle_poll_is_a_pause_loop)
{
	struct scene *scene = dealing_forever(FOREVER);

	scene->config.kvm.ple = PLE_INTEL;
	scene_start(scene);
	/* 4096 cycles times 2^k - 1 */
	scene_run(scene, UINT64_C(4096) * 255 + 1);
	ck_assert_uint_eq(scene_count(scene, COUNTER_PLE_EXITS), 8);
	scene_free(scene);
}
END_TEST

/* An idle CPU is in a quiescent state, polling or halted: a grace period does not wait for its tick. */
START_TEST(t69_a_polling_vcpu_is_idle_for_rcu)
{
	struct scene *scene = scene_new(3, 3);

	scene->config.kvm.ple = PLE_OFF;
	scene->kind.guest.idle = _i ? IDLE_POLL : IDLE_HALT;
	scene->rcu = true;
	scene->guest_tick = MS;
	SCRIPT(scene, 0, RUN(100 * US), ((struct op){ OP_SYNCHRONIZE_RCU, 0, 0 }), RUN(FOREVER));
	scene_start(scene);
	scene_run(scene, 10 * MS);
	/* asked for at the tick of 1 ms, found at the scan 3 ms later, seen at the next tick */
	ck_assert_uint_gt(scene->task[0].asked, 2);
	ck_assert_uint_le(scene->task[0].began[2], 5 * MS);
	scene_free(scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kvm-guest-poll");
	TCase *poll = tcase_create("poll");

	tcase_add_test(poll, item_3_10_growth_and_shrinking);
	tcase_add_test(poll, t61_a_wake_of_a_polling_vcpu_needs_no_ipi_and_no_exit);
	tcase_add_test(poll, item_3_10_a_poll_in_vain_halts);
	tcase_add_loop_test(poll, item_3_4_a_call_of_one_polling_vcpu_needs_no_ipi_and_no_exit, 1,
			    3);
	tcase_add_test(poll, item_3_4_a_call_of_a_preempted_poller_waits);

	tcase_add_loop_test(poll, t67_the_host_does_not_poll_for_a_guest_that_does, 0, 2);
	tcase_add_test(poll, item_3_10_a_preempted_poller_sees_its_work_when_it_is_back);
	tcase_add_test(poll, item_3_10_the_poll_is_a_pause_loop);
	tcase_add_loop_test(poll, t61_with_idle_poll_no_wake_needs_an_ipi_or_an_exit, 0, 2);
	tcase_add_test(poll, t61_with_idle_poll_the_next_poll_sees_the_flag);
	tcase_add_loop_test(poll, item_3_10_an_idle_vcpu_that_polls_takes_its_share, 0, 2);
	tcase_add_loop_test(poll, item_3_12_with_idle_poll_the_tick_goes_on, 0, 2);
	tcase_add_test(poll, item_3_10_idle_poll_is_a_pause_loop);
	tcase_add_loop_test(poll, t69_a_polling_vcpu_is_idle_for_rcu, 0, 2);
	suite_add_tcase(suite, poll);
	return run_suite(suite);
}
