/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * builtin.h - JSON files that are embedded in the program, by folder: profiles, machines
 *
 * The resource is defined in builtin_resource.c, which glib-compile-resources makes. Its constructor
 * runs because builtin.c calls a function of it: an archive member that nobody names would not be
 * linked at all.
 */
#pragma once

#include <glib.h>

#define BUILTIN_PROFILES "profiles"
#define BUILTIN_MACHINES "machines"

/* The text of NAME.json, or NULL. */
GBytes *builtin_load(const char *folder, const char *name);
/* Names without .json, sorted; of char *, owned. */
GPtrArray *builtin_names(const char *folder);
