/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * number.h - numbers for readers: thousands separated, digits that mean something, "-" for NAN
 *
 * All are freed with g_free().
 */
#pragma once

#include <stdint.h>

/* "12,345.6" */
char *number_fixed(double value, int decimals);
/* Three digits that count: "12,345", "123", "12.3", "1.23", "0.123". */
char *number_rounded(double value);
/* "+12.3" */
char *number_signed(double value, int decimals);
/* "1.5 s", "250 ms", "40 us" */
char *number_duration(uint64_t ns);
/* "2 VMs", "1 VM": the plural by an s. */
char *number_count(uint64_t count, const char *noun);
