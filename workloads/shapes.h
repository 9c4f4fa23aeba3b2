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
