/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * instance.h - what every shape needs to make its instance in one VM
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/op.h"

struct workload;

/* `tasks` zeroed structs of task_size bytes, each beginning with its program. Never fails. */
struct workload *instance_new(uint32_t tasks, size_t task_size,
			      void (*next)(struct program *program, struct op *op));
void instance_free(struct workload *workload);

/* The stream index of a task: streams of different VMs never meet. */
static inline uint64_t instance_stream(uint32_t vm, uint32_t task)
{
	return (uint64_t)vm * 65536 + task;
}

static inline void op_set(struct op *op, enum op_kind kind, uint32_t object, uint64_t amount)
{
	*op = (struct op){ .kind = kind, .object = object, .amount = amount };
}
