/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shapes.h - the shapes, each defined in the file of its name
 */
#pragma once

struct workload_shape;

extern const struct workload_shape shape_pipeline;
extern const struct workload_shape shape_compute;
extern const struct workload_shape shape_lock_loop;
extern const struct workload_shape shape_shootdown_loop;
extern const struct workload_shape shape_hand_over;
extern const struct workload_shape shape_deal_out;
extern const struct workload_shape shape_stages;
extern const struct workload_shape shape_wavefront;
extern const struct workload_shape shape_client_loop;
extern const struct workload_shape shape_messaging;
extern const struct workload_shape shape_server;
extern const struct workload_shape shape_build;
extern const struct workload_shape shape_periodic;
extern const struct workload_shape shape_fork_join;
