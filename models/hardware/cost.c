/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cost.c - the cost table (kvm-and-guest.md section 5) as declared parameters
 */
#include "models/hardware/cost.h"

#include "sim/engine/param.h"

/* clang-format off */
#define COST(field, unit, fallback, min, max, low, high, meaning, source) \
	{ #field, PARAM_UINT, offsetof(struct cost_params, field), unit, #fallback, min, max, low, high, NULL, meaning, source }

#define PACE(n) \
	COST(pace_##n, "per mille", 1000, 100, 100000, 0, 0, \
	     "what the host's own paths take on pCPU " #n ", of the costs here; guests and tasks are timed", \
	     "pCPUs are alike; those of an emulator share one thread: data/realkvm, caveat 2")

const struct param cost_params_table[] = {
	COST(context_switch, "ns", 2000, 0, 1000000, 1000, 5000,
	     "switch between two tasks",
	     "kvm-and-guest.md 5: host context switch, direct, [A/R]"),
	COST(ibpb, "ns", 1000, 0, 1000000, 0, 4000,
	     "added when the VM on a pCPU changes",
	     "kvm-and-guest.md 5: IBPB mitigation, [A]"),
	COST(tick, "ns", 1200, 0, 1000000, 200, 4200,
	     "host tick handler; with one exit and entry a vCPU loses 2 us",
	     "kvm-and-guest.md 5: host tick interruption 2 us (1-5), [A]"),
	COST(tick_spread, "ns", 0, 0, 1000000, 0, 20000,
	     "how much longer a tick's handler may take, uniform from 0",
	     "data/realsched: gaps in one task alone; 0: every tick is alike"),
	COST(softirq_share, "ppm", 0, 0, 1000000, 0, 300000,
	     "ticks whose handler is followed by deferred work",
	     "data/realsched: gaps in one task alone; 0: none"),
	COST(softirq, "ns", 0, 0, 10000000, 0, 200000,
	     "longest such work, uniform from 0",
	     "data/realsched: gaps in one task alone"),
	COST(ipi_latency, "ns", 1240, 0, 1000000, 800, 2000,
	     "interrupt between pCPUs, sent to received",
	     "kvm-and-guest.md 5: IPI native one way, benchmark module, [V]"),
	COST(ipi_handler, "ns", 300, 0, 1000000, 100, 1000,
	     "host reschedule interrupt handler",
	     "assumed: a light interrupt"),
	COST(idle_wake, "ns", 4000, 0, 10000000, 2000, 10000,
	     "interrupt of an idle pCPU to its first instruction, shallow state",
	     "kvm-and-guest.md 5: wake latency C1/poll, [A]"),
	COST(refill_max, "ns", 30000, 0, 10000000, 5000, 300000,
	     "cache refill after others ran long on the pCPU",
	     "kvm-and-guest.md 5: refill after another tenant, [A]"),
	COST(refill_build, "ns", 300000, 1, 1000000000, 100000, 1000000,
	     "others' run time that builds half of refill_max",
	     "assumed: 10 GB/s fill most of an L2 in that time"),
	COST(migration_llc, "ns", 20000, 0, 10000000, 5000, 50000,
	     "added to the refill after a move within the LLC",
	     "kvm-and-guest.md 5: migration inside LLC, [A]"),
	COST(migration_far, "ns", 150000, 0, 100000000, 50000, 1000000,
	     "added to the refill after a move out of the LLC",
	     "kvm-and-guest.md 5: migration across LLC, [A]"),
	COST(llc_scan, "ns", 3000, 0, 1000000, 500, 20000,
	     "search for an idle CPU, as SIS_PROP measures it; takes no simulated time",
	     "cfs.md 8.7 E25"),
	COST(newidle_pass, "ns", 5000, 0, 1000000, 2000, 20000,
	     "newly-idle pass at one level, as its gate sees it; takes no simulated time",
	     "eevdf.md 5.3: 2 to 20 us, [I]"),
	COST(exit, "ns", 400, 0, 1000000, 200, 1000,
	     "guest to host, half of a trivial round trip",
	     "kvm-and-guest.md 5: exit and entry 0.8 us Intel, [R/A]"),
	COST(entry, "ns", 400, 0, 1000000, 200, 1000,
	     "host to guest, the other half",
	     "kvm-and-guest.md 5: exit and entry 0.8 us Intel, [R/A]"),
	COST(ple_handler, "ns", 200, 0, 1000000, 0, 1000,
	     "pause-loop exit handler without the scan",
	     "kvm-and-guest.md 5: PLE exit, no yield, [A]"),
	COST(ple_scan, "ns", 20, 0, 100000, 5, 100,
	     "directed-yield scan, per vCPU examined",
	     "kvm-and-guest.md 5: PLE exit, no yield, [A]"),
	COST(yield_to_refused, "ns", 100, 0, 1000000, 50, 300,
	     "yield_to that returns -ESRCH",
	     "kvm-and-guest.md 5: unlocked test, [A]"),
	COST(yield_to, "ns", 500, 0, 1000000, 300, 2000,
	     "yield_to that takes the run queue locks, until schedule() has picked",
	     "kvm-and-guest.md 5: [A]"),
	COST(yield_lock, "ns", 0, 0, 1000000, 0, 1000,
	     "its first part, until it holds the locks and looks whether the target runs; at most yield_to",
	     "assumed: the target cannot change in so short a time"),
	COST(icr_write, "ns", 500, 0, 1000000, 0, 1700,
	     "handler of an ICR write or of an IPI hypercall, per target",
	     "kvm-and-guest.md 5: 1.3 us a target less exit and entry, [D]"),
	COST(eoi_handler, "ns", 0, 0, 1000000, 0, 700,
	     "emulated EOI beyond exit and entry",
	     "kvm-and-guest.md 5: one light exit, 0.7 us in all, [A]"),
	COST(irq_window, "ns", 0, 0, 1000000, 0, 1200,
	     "interrupt-window exit beyond exit and entry",
	     "kvm-and-guest.md 5: 0.8 us in all, [A]"),
	COST(timer_write, "ns", 0, 0, 1000000, 0, 1000,
	     "TSC-deadline write beyond exit and entry",
	     "kvm-and-guest.md 5: guest tick 3 us = handler + 2 exits, [A]"),
	COST(timer_expiry, "ns", 0, 0, 1000000, 0, 1000,
	     "guest timer expiry beyond exit and entry",
	     "kvm-and-guest.md 5: guest tick 3 us = handler + 2 exits, [A]"),
	COST(hypercall, "ns", 300, 0, 1000000, 100, 1000,
	     "hypercall handler without its effect",
	     "kvm-and-guest.md 5: hypercall, [A]"),
	COST(halt, "ns", 1600, 0, 1000000, 600, 3600,
	     "HLT handler until the thread is blocked",
	     "kvm-and-guest.md 5: HLT exit to blocked 2 us less the exit, [A]"),
	COST(posted_latency, "ns", 1300, 0, 1000000, 700, 2500,
	     "posted interrupt, notification sent to guest handler",
	     "kvm-and-guest.md 5: guest IPI one way 2.24 us less the ICR exit, [V/D]"),
	COST(virtual_ipi, "ns", 100, 0, 1000000, 50, 300,
	     "ICR write that needs no exit",
	     "assumed: one serialising instruction"),
	COST(poll_wake, "ns", 1000, 0, 1000000, 500, 3000,
	     "event seen by a polling vCPU thread to entry",
	     "kvm-and-guest.md 5: 1.0-1.3 us saved per switch, [V/D]"),
	COST(guest_switch, "ns", 1000, 0, 1000000, 500, 3000,
	     "switch between two guest tasks",
	     "kvm-and-guest.md 5: guest switch benchmark 1159-1486 ns, [V]"),
	COST(guest_tick, "ns", 1400, 0, 1000000, 500, 5000,
	     "guest tick handler",
	     "kvm-and-guest.md 5: guest tick 3 us less two exits, [A]"),
	COST(guest_ipi_handler, "ns", 500, 0, 1000000, 300, 3500,
	     "guest call or reschedule interrupt handler",
	     "kvm-and-guest.md 5: IPI handler, [V range]"),
	COST(spin_poll, "cycles", 150, 1, 10000, 45, 150,
	     "one poll of a spin loop, mostly its PAUSE",
	     "kvm-and-guest.md 5: 150 Intel since Skylake, 50 older, 65 AMD, [R]"),
	COST(lock_handover, "ns", 150, 0, 1000000, 50, 500,
	     "release of a spin lock seen by the CPU that waits",
	     "kvm-and-guest.md 5: cache line transfer, [A]"),
	COST(flush_page, "ns", 100, 0, 100000, 50, 200,
	     "one page's TLB invalidation",
	     "kvm-and-guest.md 5: kernel comment, [V]"),
	COST(flush_full, "ns", 500, 0, 1000000, 200, 1000,
	     "whole TLB invalidation",
	     "kvm-and-guest.md 5: full guest TLB flush, [A]"),
	COST(flush_refill, "ns", 5000, 0, 1000000, 1000, 30000,
	     "lost progress after a whole flush",
	     "kvm-and-guest.md 5: full guest TLB flush, [A]"),
	COST(call_send, "ns", 50, 0, 100000, 20, 200,
	     "cross call: filling one target's slot",
	     "assumed: one cache line owned by another CPU"),
	COST(futex, "ns", 1000, 0, 1000000, 300, 3000,
	     "kernel part of a wait or a wake-up",
	     "assumed: a system call with a hash bucket lock"),
	COST(futex_bucket, "ns", 200, 0, 1000000, 50, 1000,
	     "part of a futex wait or wake under the hash bucket's lock",
	     "assumed: a few cache lines of a list"),
	COST(mutex, "ns", 25, 0, 100000, 10, 100,
	     "uncontended lock or unlock of a mutex",
	     "workloads.md 5: eCS Table 4, mutex pair 34 ns and a call"),
	COST(tsc_khz, "kHz", 2500000, 100000, 10000000, 2000000, 3500000,
	     "time stamp counter: converts cycles to ns",
	     "kvm-and-guest.md 5: 2.5 GHz"),
	PACE(0),
	PACE(1),
	PACE(2),
	PACE(3),
	{ .name = NULL },
};
/* clang-format on */

uint64_t cost_cycles_to_ns(const struct cost_params *cost, uint64_t cycles)
{
	__extension__ typedef unsigned __int128 wide;
	wide ns = (wide)cycles * 1000000 / cost->tsc_khz;

	return ns > UINT64_MAX ? UINT64_MAX : (uint64_t)ns;
}

uint64_t cost_pace(const struct cost_params *cost, uint32_t pcpu)
{
	const uint64_t pace[] = { cost->pace_0, cost->pace_1, cost->pace_2, cost->pace_3 };

	return pcpu < sizeof(pace) / sizeof(*pace) && pace[pcpu] ? pace[pcpu] : COST_PACE_EVEN;
}
