/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random_machine.h - a small host with a few VMs, every parameter of it drawn from its table
 */
#pragma once

#include <stdint.h>

#include "models/config.h"

/* The same seed gives the same machine. At most 8 pCPUs, 3 kinds of VM, about 24 vCPUs. */
void random_machine_config(struct machine_config *config, uint64_t seed);
void random_machine_config_clear(struct machine_config *config);
