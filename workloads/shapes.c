/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shapes.c - the whole registry of shapes
 */
#include "workloads/shapes.h"

#include "workloads/workload.h"

const struct workload_shape *const workload_shapes[] = {
	&shape_pipeline,    &shape_stages,    &shape_wavefront,
	&shape_client_loop, &shape_fork_join, &shape_messaging,
	&shape_server,	    &shape_build,     &shape_periodic,
	&shape_compute,	    &shape_lock_loop, &shape_shootdown_loop,
	&shape_hand_over,   &shape_deal_out,  NULL,
};
