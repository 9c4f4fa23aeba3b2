/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h - what every holder of a configuration needs: free it, write it down
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

struct machine_config;

/* Frees what the configuration owns; the struct itself stays, zeroed. */
void config_clear(struct machine_config *config);
/*
 * Every resolved parameter, in the shape of a scenario, with the hash of each workload. New
 * reference.
 */
json_t *config_to_json(const struct machine_config *config);

uint32_t config_vms(const struct machine_config *config);
uint32_t config_vcpus(const struct machine_config *config);
