/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement.c - wake-up placement: the previous CPU, else an idle one of its LLC
 *
 * A part of eevdf.md section 4: idle_sibling with target = previous CPU (steps 1, 7, 8). Not yet:
 * wake_affine, wake_wide, the scan limit by utilisation, SMT. No gain of free placement is quoted
 * before these are there.
 */
#include "models/kernel/placement.h"

#include "models/kernel/kernel.h"

static bool idle(const struct kernel_cpu *cpu)
{
	/* an idle vCPU that is not on a pCPU is not idle for this search: kvm-and-guest.md 3.9 */
	return !cpu->current && !cpu->tasks && !cpu->cpu->ops->is_preempted(cpu->cpu);
}

uint32_t placement_wake(const struct task *task, const struct kernel_cpu *by)
{
	const struct kernel *kernel = task->kernel;
	uint32_t base = task->cpu - task->cpu % kernel->llc_size;

	(void)by;
	if (task->only_cpu != UINT32_MAX)
		return task->only_cpu;
	for (uint32_t i = 0; i < kernel->llc_size; i++) {
		uint32_t cpu = base + (task->cpu - base + i) % kernel->llc_size;

		if (cpu < kernel->cpus && idle(&kernel->cpu[cpu]))
			return cpu;
	}
	return task->cpu;
}
