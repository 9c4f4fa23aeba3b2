/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hrtick.h - a timer that ends slices between ticks; only kernels with HRTICK have it
 */
#pragma once

#include <stdbool.h>

struct kernel_cpu;

void hrtick_init(struct kernel_cpu *cpu);
/* The CPU has picked: the same task again, another one, or idle. */
void hrtick_picked(struct kernel_cpu *cpu, bool same);
/* A task may have come to its queue. */
void hrtick_enqueued(struct kernel_cpu *cpu);
/* In the timer's interrupt: has a slice ended? */
void hrtick_interrupt(struct kernel_cpu *cpu);
