/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_words.h - the words for one record of a trail
 */
#pragma once

#include <stdint.h>

struct trail_name;
struct trail_record;

/* "v0.1", "host task", "idle", "VM 1's group". g_free(). */
char *trail_name_words(struct trail_name name);
/* ms with three decimals; g_free(). */
char *trail_ms_words(int64_t ns);
/* What became of a vCPU that a scan examined. */
const char *trail_examined_words(const struct trail_record *record);
/* What happened, g_free(); and why, likewise, never NULL. */
char *trail_what_words(const struct trail_record *record, char **why);
