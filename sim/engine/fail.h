/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail.h - how a library function reports a fault of the user or of the machine
 *
 * The code decides the exit status of the program (design, section 4 "Errors"): input -> 2, system
 * -> 3.
 */
#pragma once

#include <glib.h>

#define VCPUSIM_ERROR vcpusim_error_quark()
GQuark vcpusim_error_quark(void);

enum vcpusim_error {
	ERROR_INPUT,  /* the user's scenario, option or file is wrong */
	ERROR_SYSTEM, /* the machine failed: disk full, out of memory */
};

/* Sets *error and returns false, so that a check is one line. */
gboolean fail(GError **error, enum vcpusim_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);
