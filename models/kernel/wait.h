/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wait.h - what a CPU's task waits for, spinning or halted
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel_cpu;

/* ns: when the spin wait began that the CPU's task is in. */
uint64_t kernel_wait_since(const struct kernel_cpu *cpu);
/* Does the CPU's task spin for something that only CPU `other` can do: release a lock, answer a
 * call? */
bool kernel_waits_for(const struct kernel_cpu *cpu, uint32_t other);

/* Halts within a wait of the running task: its advance() is called when HLT is over. */
void kernel_halt(struct kernel_cpu *cpu);
/* ns left of the running task's segment; kernel_rework() must follow. */
uint64_t kernel_stop(struct kernel_cpu *cpu);
