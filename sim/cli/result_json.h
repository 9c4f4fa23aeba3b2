/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result_json.h - results for programs: everything, exactly, and nothing of time and place
 *
 * New references. Seeds and fingerprints have 64 bits, which JSON readers round: they are hex text.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

struct cell;
struct gain;
struct machine_config;

json_t *json_of_seed(uint64_t seed);
/* Policy, every run, and the spread of every metric over the runs. */
json_t *json_of_cell(const struct cell *cell);
json_t *json_of_gain(const struct gain *gain);
/* Resolved parameters, without the policy. */
json_t *json_of_parameters(const struct machine_config *config);
