/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program_io.c - ops that reach out of the kernel: to a device, to memory that is not there yet
 */
#include "models/kernel/program_private.h"
#include "models/kernel/quota.h"
#include "models/measures.h"

bool program_io(struct program_task *task, struct kernel_cpu *cpu)
{
	enum { BEGINS, SUBMITS, WAITS };

	if (task->stage == BEGINS) {
		task->stage = SUBMITS;
		if (!program_work(task, cpu, cpu->kernel->costs.io_submit, WORK_KERNEL))
			return false;
	}
	if (task->stage == WAITS)
		return true;
	task->stage = WAITS;
	count(cpu->kernel->measures, COUNTER_IO);
	kernel_io(cpu, task->op.amount);
	return false;
}

/* Page by page, as the instructions that touch them; between two the CPU may be taken away. */
bool program_touch(struct program_task *task, struct kernel_cpu *cpu)
{
	uint64_t ns = task->owed;

	if (task->stage == task->op.amount)
		return true;
	if (kernel_wants_cpu(cpu, WORK_USER)) {
		kernel_give_way(cpu);
		return false;
	}
	task->stage++;
	task->owed = 0;
	count(cpu->kernel->measures, COUNTER_FAULTS);
	cpu->cpu->ops->fault(cpu->cpu);
	kernel_work(cpu, ns, WORK_USER);
	return false;
}
