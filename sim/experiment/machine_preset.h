/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine_preset.h - a machine that scenarios name: what its host is and what things take there
 *
 * The lowest layer of a scenario: whatever the scenario says counts instead. Built-in ones are
 * embedded in the program; a name with a slash or that ends in .json is a file.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "sim/experiment/document.h"

#define MACHINE_FORMAT "vcpusim-machine/1"

/*
 * Reads it and checks its frame; its "host" is checked by the draft. `directory`: where relative
 * files are; NULL: the current one.
 */
bool machine_preset_read(struct document *preset, const char *name, const char *directory,
			 GError **error);
