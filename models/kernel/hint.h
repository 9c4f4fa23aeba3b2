/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hint.h - what became of a directed yield: did the next pick on the target's CPU follow it?
 */
#pragma once

struct kernel_cpu;
struct task;

/* One a CPU: a newer yield to the same CPU replaces an undecided one. */
struct hint {
	struct task *target; /* NULL: none outstanding */
};

void hint_before_pick(struct kernel_cpu *cpu);
void hint_after_pick(struct kernel_cpu *cpu, const struct task *next);
