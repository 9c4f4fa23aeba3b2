/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * balance.h - moving waiting tasks between CPUs
 */
#pragma once

#include <stdbool.h>

struct kernel_cpu;

/* A CPU about to go idle takes a waiting task from another one of its LLC. True if it has one now. */
bool balance_newly_idle(struct kernel_cpu *cpu);
