/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * time.h - simulated time: unsigned nanoseconds since the start of the run
 */
#pragma once

#include <stdint.h>

#define NSEC_PER_USEC UINT64_C(1000)
#define NSEC_PER_MSEC UINT64_C(1000000)
#define NSEC_PER_SEC UINT64_C(1000000000)

/* A moment that never comes, a duration that never ends. */
#define TIME_NEVER UINT64_MAX
