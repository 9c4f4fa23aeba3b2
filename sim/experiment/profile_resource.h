/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * profile_resource.h - the profiles that are embedded in the program
 *
 * Defined in profile_resource.c, which glib-compile-resources makes from workloads/profiles. Its
 * constructor runs because profile.c calls this function: an archive member that nobody names would
 * not be linked at all.
 */
#pragma once

#include <gio/gio.h>

GResource *profile_get_resource(void);
