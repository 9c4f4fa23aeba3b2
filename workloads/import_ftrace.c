/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * import_ftrace.c - ftrace text
 */
#include "sim/engine/fail.h"
#include "workloads/import.h"

struct import *import_ftrace(const char *path, GError **error)
{
	fail(error, ERROR_INPUT, "%s: not yet", path);
	return NULL;
}
