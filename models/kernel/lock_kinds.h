/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock_kinds.h - the kinds of locks whose holders are told apart (kvm-and-guest.md 6.1)
 */
#pragma once

#include <stdint.h>

enum lock_kind {
	LOCK_SPIN,
	LOCK_MUTEX, /* the kernel's */
	LOCK_RWSEM, /* held by a writer or by a reader */
	LOCK_USER,  /* mutex of user space, on a futex */
	LOCK_KINDS
};

/* A set of them. */
#define LOCK_BIT(kind) (UINT32_C(1) << (kind))

struct kernel_cpu;

/* What the CPU's task holds, and of these that for which somebody waits: in line, asleep or spinning.
 * Who is still on its way to sleep is not seen. */
uint32_t locks_held(const struct kernel_cpu *cpu);
uint32_t locks_awaited(const struct kernel_cpu *cpu);
