/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_choice.h - policies as a user writes them: "NAME[:PARAM=VALUE[,PARAM=VALUE]]", chains
 * joined by '+'
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct policy_choice;

/* A new array in *choices, each with its params; to be freed with policy_choices_free(). */
bool policy_choices_parse(const char *text, struct policy_choice **choices, uint32_t *count,
			  GError **error);
void policy_choices_free(struct policy_choice *choices, uint32_t count);

/*
 * The canonical text: parameters that differ from their fallbacks, in the order of the table. Free
 * with g_free().
 */
char *policy_choices_print(const struct policy_choice *choices, uint32_t count);

/*
 * Sets one parameter of every choice of that policy. Fails if there is no such policy or parameter
 * at all.
 */
bool policy_choices_set(struct policy_choice *choices, uint32_t count, const char *policy,
			const char *param, const char *value, GError **error);
bool policy_choices_have(const struct policy_choice *choices, uint32_t count, const char *policy);
/* No policy that changes the kernel's code: no hook, and a set-up that only turns PLE off. */
bool policy_choices_unpatched(const struct policy_choice *choices, uint32_t count);
