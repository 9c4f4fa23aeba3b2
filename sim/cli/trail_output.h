/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trail_output.h - the event trail of one shootdown or lock wait, for readers and for programs
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct trail_story;

/* Appends to `text`. */
void trail_text(const struct trail_story *story, const char *setup, bool colour, GString *text);
/* New reference. */
json_t *trail_json(const struct trail_story *story);
