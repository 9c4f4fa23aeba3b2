/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * against_json.c - validate-against as JSON
 */
#include "models/sched/versions.h"
#include "sim/cli/against_output.h"
#include "sim/cli/output.h"
#include "sim/experiment/measured_run.h"

static json_t *json_of_range(double value, double low, double high)
{
	json_t *object = json_object();

	json_object_set_new(object, "value", output_json_number(value));
	json_object_set_new(object, "low", output_json_number(low));
	json_object_set_new(object, "high", output_json_number(high));
	return object;
}

static json_t *json_of_check(const struct against_scenario *scenario, const struct check *check)
{
	bool distribution = check->kind != CHECK_SHARE && check->kind != CHECK_SWITCHES;
	json_t *object = json_object();

	json_object_set_new(object, "class",
			    json_string(scenario->scenario->class[check->class].name));
	json_object_set_new(object, "check", json_string(check_names[check->kind]));
	json_object_set_new(object, "of",
			    distribution ? json_string(measured_keys[check->of]) : json_null());
	json_object_set_new(object, "at_us",
			    check->kind == CHECK_MODE || check->kind == CHECK_ECDF
				    ? output_json_number(check->mode)
				    : json_null());
	json_object_set_new(object, "measured",
			    json_of_range(check->measured, check->low, check->high));
	json_object_set_new(object, "simulated",
			    json_of_range(check->simulated, check->simulated_low,
					  check->simulated_high));
	json_object_set_new(object, "off", output_json_number(check->off));
	json_object_set_new(object, "bound", output_json_number(check->bound));
	json_object_set_new(object, "reason",
			    check->reason ? json_string(check->reason) : json_null());
	json_object_set_new(object, "verdict", json_string(against_verdict(check)));
	return object;
}

static json_t *json_of_scenario(const struct against_scenario *scenario)
{
	json_t *object = json_object(), *checks = json_array();

	for (guint i = 0; i < scenario->checks->len; i++)
		json_array_append_new(
			checks,
			json_of_check(scenario, &g_array_index(scenario->checks, struct check, i)));
	json_object_set_new(object, "name", json_string(scenario->scenario->name));
	json_object_set_new(object, "checks", checks);
	return object;
}

static json_t *json_of_costs(const struct measured_file *file)
{
	json_t *object = json_object();

	for (const struct measured_cost *cost = measured_costs(file); cost->param; cost++)
		json_object_set_new(object, cost->param, json_integer((json_int_t)cost->value));
	return object;
}

static json_t *json_of_file(const struct against_file *file)
{
	const struct measured_environment *environment = &file->file.environment;
	struct against_count count = against_count(file);
	json_t *object = json_object(), *scenarios = json_array();

	for (guint i = 0; i < file->scenarios->len; i++)
		json_array_append_new(scenarios,
				      json_of_scenario(&g_array_index(file->scenarios,
								      struct against_scenario, i)));
	json_object_set_new(object, "file", json_string(file->file.document.name));
	json_object_set_new(object, "measured_on", json_string(environment->uname));
	json_object_set_new(object, "kernel", json_string(fair_version_names[environment->kernel]));
	json_object_set_new(object, "costs", json_of_costs(&file->file));
	json_object_set_new(object, "values", json_integer(count.values));
	json_object_set_new(object, "passed", json_integer(count.passed));
	json_object_set_new(object, "missed", json_integer(count.missed));
	json_object_set_new(object, "not_judged", json_integer(count.shown));
	json_object_set_new(object, "scenarios", scenarios);
	return object;
}

json_t *against_json(const struct against_file *files, guint count, guint phases)
{
	json_t *object = json_object(), *list = json_array();

	for (guint i = 0; i < count; i++)
		json_array_append_new(list, json_of_file(&files[i]));
	json_object_set_new(object, "format", json_string("vcpusim-validate-against/1"));
	json_object_set_new(object, "program", json_string("vcpusim " PACKAGE_VERSION));
	json_object_set_new(object, "phases", json_integer(phases));
	json_object_set_new(object, "files", list);
	return object;
}
