/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tick.h - the periodic timer of each CPU; stopped while idle (NO_HZ idle)
 */
#pragma once

struct kernel_cpu;

void tick_init(struct kernel_cpu *cpu);
void tick_start(struct kernel_cpu *cpu); /* leaving idle; nothing if it runs */
void tick_stop(struct kernel_cpu *cpu);
/* The handler's effect. */
/* The handler of the interrupt: its beginning and its end. */
void kernel_tick_charge(struct kernel_cpu *cpu);
void kernel_tick(struct kernel_cpu *cpu);
