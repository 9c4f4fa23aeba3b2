/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_choice.c - policies as a user writes them
 */
#include "sim/experiment/policy_choice.h"

#include <string.h>

#include "models/policy/chain.h"
#include "sim/engine/fail.h"
#include "sim/engine/param.h"
#include "sim/experiment/param_value.h"
#include "sim/experiment/words.h"

static const struct policy_ops *find_policy(const char *name, GError **error)
{
	const struct policy_ops *ops = policy_find(name);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (ops)
		return ops;
	for (guint i = 0; policies[i]; i++)
		g_ptr_array_add(names, (gpointer)policies[i]->name);

	g_autofree char *shown = words_shown(name, -1);
	g_autofree char *legal = words_legal(name, names);

	fail(error, ERROR_INPUT, "found an unknown policy \"%s\"%s", shown, legal);
	return NULL;
}

static const struct param *find_param(const struct policy_ops *ops, const char *name,
				      GError **error)
{
	const struct param *param = ops->params ? param_find(ops->params, name) : NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (param)
		return param;
	for (const struct param *p = ops->params; p && p->name; p++)
		g_ptr_array_add(names, (gpointer)p->name);

	g_autofree char *shown = words_shown(name, -1);
	g_autofree char *legal = words_legal(name, names);

	fail(error, ERROR_INPUT, "policy %s: found an unknown parameter \"%s\"%s", ops->name, shown,
	     legal);
	return NULL;
}

static bool parse_value(const struct policy_ops *ops, const char *name, const char *text,
			uint64_t *value, const struct param **param, GError **error)
{
	*param = find_param(ops, name, error);
	if (!*param)
		return false;
	if (param_parse(*param, text, value, error))
		return true;
	g_prefix_error(error, "policy %s: %s: ", ops->name, name);
	return false;
}

/* "PARAM=VALUE,PARAM=VALUE" */
static bool parse_params(struct policy_choice *choice, const char *text, GError **error)
{
	g_auto(GStrv) settings = g_strsplit(text, ",", -1);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; settings[i]; i++) {
		g_auto(GStrv) halves = g_strsplit(settings[i], "=", 2);
		const struct param *param;
		uint64_t value;

		if (g_strv_length(halves) != 2) {
			g_autofree char *shown = words_shown(settings[i], -1);

			return fail(error, ERROR_INPUT,
				    "policy %s: found \"%s\"; legal: PARAM=VALUE",
				    choice->ops->name, shown);
		}
		if (!parse_value(choice->ops, halves[0], halves[1], &value, &param, error))
			return false;
		if (!g_hash_table_add(seen, (gpointer)param->name))
			return fail(error, ERROR_INPUT,
				    "policy %s: found the parameter %s twice; legal: once",
				    choice->ops->name, param->name);
		param_put(param, choice->params, value);
	}
	return true;
}

static bool parse_choice(struct policy_choice *choice, const char *text, GError **error)
{
	g_auto(GStrv) halves = g_strsplit(text, ":", 2);
	const char *name = halves[0] ? halves[0] : "";

	choice->ops = find_policy(name, error);
	if (!choice->ops)
		return false;
	if (choice->ops->params_size) {
		choice->params = g_malloc0(choice->ops->params_size);
		params_put_fallbacks(choice->ops->params, choice->params);
	}
	return !halves[0] || !halves[1] || parse_params(choice, halves[1], error);
}

bool policy_choices_parse(const char *text, struct policy_choice **choices, uint32_t *count,
			  GError **error)
{
	g_auto(GStrv) parts = g_strsplit(*text ? text : "+", "+", -1);
	uint32_t wanted = g_strv_length(parts);

	*choices = g_new0(struct policy_choice, wanted);
	*count = wanted;
	for (uint32_t i = 0; i < wanted; i++) {
		bool done = parse_choice(&(*choices)[i], parts[i], error);

		if (done && policy_choices_have(*choices, i, (*choices)[i].ops->name))
			done = fail(error, ERROR_INPUT,
				    "found the policy %s twice in one chain; legal: once",
				    (*choices)[i].ops->name);
		if (!done) {
			policy_choices_free(*choices, wanted);
			*choices = NULL;
			*count = 0;
			return false;
		}
	}
	return true;
}

void policy_choices_free(struct policy_choice *choices, uint32_t count)
{
	for (uint32_t i = 0; choices && i < count; i++)
		g_free(choices[i].params);
	g_free(choices);
}

static void print_params(const struct policy_choice *choice, GString *text)
{
	char mark = ':';

	for (const struct param *param = choice->ops->params; param && param->name; param++) {
		uint64_t value = param_get(param, choice->params), fallback;

		if (param->fallback && param_parse(param, param->fallback, &fallback, NULL) &&
		    value == fallback)
			continue;

		g_autofree char *printed = param_print(param, value);

		g_string_append_printf(text, "%c%s=%s", mark, param->name, printed);
		mark = ',';
	}
}

char *policy_choices_print(const struct policy_choice *choices, uint32_t count)
{
	GString *text = g_string_new(count ? NULL : "none");

	for (uint32_t i = 0; i < count; i++) {
		g_string_append_printf(text, "%s%s", i ? "+" : "", choices[i].ops->name);
		print_params(&choices[i], text);
	}
	return g_string_free(text, FALSE);
}

bool policy_choices_set(struct policy_choice *choices, uint32_t count, const char *policy,
			const char *name, const char *text, GError **error)
{
	const struct policy_ops *ops = find_policy(policy, error);
	const struct param *param;
	uint64_t value;

	if (!ops || !parse_value(ops, name, text, &value, &param, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (choices[i].ops == ops)
			param_put(param, choices[i].params, value);
	}
	return true;
}

bool policy_choices_have(const struct policy_choice *choices, uint32_t count, const char *policy)
{
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(choices[i].ops->name, policy) == 0)
			return true;
	}
	return false;
}

static bool has_hooks(const struct policy_ops *ops)
{
	return ops->yield_to_before || ops->yield_to_after || ops->candidate ||
	       ops->another_round || ops->yield_target || ops->ipi_delivered || ops->eoi;
}

bool policy_choices_unpatched(const struct policy_choice *choices, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct policy policy = { .ops = choices[i].ops, .params = choices[i].params };
		struct policy_setup setup = { 0 };

		if (has_hooks(policy.ops))
			return false;
		if (policy.ops->setup)
			policy.ops->setup(&policy, &setup);
		/* ple_off is a module parameter of kvm_intel and kvm_amd. */
		if (setup.buddy_always_honoured)
			return false;
	}
	return true;
}
