/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rq_lock.h - the spin locks of a kernel's run queues, as far as they make somebody wait
 *
 * A queued spin lock whose holders never lose their CPU serves in the order of arrival, and how long
 * each holds it is known when it comes. So one moment a queue says all: when the last who has or
 * awaits the lock lets go. No events, and nothing changes while nobody meets. A kernel whose holds
 * take 0 ns, as a guest's, has no such locks (kvm-and-guest.md 5: yield_to, "contended in storms").
 *
 * Who waits: yield_to(), for both queues; schedule(), before it picks if its task stays runnable, with
 * the switch if it does not; the tick. A remote wake-up holds the lock, its own wait is left out, and
 * so are the balancer's locks.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel_cpu;

/* Takes the lock of the CPU's queue at `at` or when it is free, for `hold` ns: the ns of waiting. */
uint64_t rq_lock_take(struct kernel_cpu *cpu, uint64_t at, uint64_t hold);
/* Likewise now, by another CPU whose wait does not count. */
void rq_lock_hold(struct kernel_cpu *cpu);
/* Those of both, which may be the same, as yield_to() does. */
uint64_t rq_lock_take_both(struct kernel_cpu *here, struct kernel_cpu *there, uint64_t at);
