/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_words.h - the words for one record of a trail
 */
#pragma once

struct trail_name;
struct trail_record;

/* "v0.1", "host task", "idle", "a cgroup". g_free(). */
char *trail_name_words(struct trail_name name);
/* What became of a vCPU that a scan examined. */
const char *trail_examined_words(const struct trail_record *record);
/* What happened, g_free(); and why, likewise, never NULL. */
char *trail_what_words(const struct trail_record *record, char **why);
