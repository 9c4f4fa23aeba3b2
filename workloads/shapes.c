/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shapes.c - the whole registry of shapes
 */
#include "workloads/shapes.h"

#include "workloads/workload.h"

const struct workload_shape *const workload_shapes[] = {
	&shape_pipeline, &shape_compute, &shape_lock_loop, &shape_shootdown_loop, &shape_hand_over,
	&shape_deal_out, NULL,
};
