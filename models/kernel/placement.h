/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placement.h - on which CPU a task wakes up
 */
#pragma once

#include <stdint.h>

struct kernel_cpu;
struct task;

/* `by` is the waker's CPU, NULL for a timer. */
uint32_t placement_wake(const struct task *task, const struct kernel_cpu *by);
