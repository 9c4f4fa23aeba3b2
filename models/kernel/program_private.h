/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * program_private.h - what the files that carry out ops share
 */
#pragma once

#include "models/kernel/kernel.h"
#include "models/kernel/program.h"

/* A segment, with what is owed; true: over at once, that is nothing. */
bool program_work(struct program_task *task, struct kernel_cpu *cpu, uint64_t ns, enum work kind);

bool program_mutex_lock(struct program_task *task, struct kernel_cpu *cpu, uint32_t number);
bool program_mutex_unlock(struct program_task *task, struct kernel_cpu *cpu, uint32_t number);

/* Ops of program_sync.c. */
bool program_futex_wait(struct program_task *task, struct kernel_cpu *cpu, uint32_t number);
bool program_futex_wake(struct program_task *task, struct kernel_cpu *cpu, uint32_t number);
bool program_barrier(struct program_task *task, struct kernel_cpu *cpu, uint32_t number);
bool program_cond_wait(struct program_task *task, struct kernel_cpu *cpu, uint32_t number);
bool program_cond_wake(struct program_task *task, struct kernel_cpu *cpu, uint32_t number);

/* Ops of program_spawn.c. */
bool program_spawn(struct program_task *task, struct kernel_cpu *cpu);
bool program_join(struct program_task *task, struct kernel_cpu *cpu);
void program_exit(struct program_task *task, struct kernel_cpu *cpu);

/* Ops of program_io.c. */
bool program_io(struct program_task *task, struct kernel_cpu *cpu);
bool program_touch(struct program_task *task, struct kernel_cpu *cpu);
