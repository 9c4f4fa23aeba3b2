/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.h - the only way to standard output
 *
 * A command collects its whole answer and writes it once, so that an interrupted or refused command
 * leaves nothing behind, and a full disk is noticed.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

bool output_write(const char *text, GError **error);
/* Canonical: sorted keys, doubles with 17 digits. Takes the reference. */
bool output_json_take(json_t *json, GError **error);
/* null for what JSON cannot say: NAN and infinities. */
json_t *output_json_number(double value);

/* Is standard output a terminal that shows colours, and does the user want them? */
bool output_coloured(void);
