/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_json.c - a comparison for programs
 */
#include "sim/cli/compare_output.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/cli/result_json.h"
#include "sim/cli/scenario_run.h"
#include "sim/experiment/compare.h"
#include "sim/experiment/scenario.h"

static json_t *policy_json(const struct setup_comparison *setup, guint index,
			   const struct cell *best)
{
	const struct cell *cell = &setup->cells[index];
	json_t *object = json_of_cell(cell);
	bool withheld = scenario_run_simple_placement(&cell->config);

	json_object_set_new(object, "unpatched", json_boolean(cell_unpatched(cell)));
	json_object_set_new(object, "best_unpatched", json_boolean(cell == best));
	json_object_set_new(object, "efficiency",
			    output_json_number(reference_efficiency(&setup->reference, cell)));
	json_object_set_new(object, "of_one_vm",
			    output_json_number(reference_of_one(&setup->reference, cell)));
	if (index == 0)
		return object;
	json_object_set_new(object, "gain",
			    withheld ? json_null() : json_of_gain(&setup->gains[index]));
	if (withheld)
		json_object_set_new(
			object, "gain_withheld",
			json_string("free vCPUs on a host that places and balances simply"));
	return object;
}

static json_t *reference_json(const struct reference *reference)
{
	json_t *list = json_array();

	for (unsigned kind = 0; kind < reference->kinds; kind++) {
		json_t *object = json_of_cell(reference->solo[kind]);

		json_object_set_new(object, "vm",
				    json_string(reference->solo[kind]->config.vms[0].name));
		json_object_set_new(object, "alone", output_json_number(reference->alone[kind]));
		json_object_set_new(object, "ideal", output_json_number(reference->ideal[kind]));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *setup_json(const struct comparison *comparison, const struct setup_comparison *setup)
{
	json_t *policies = json_array(), *object = json_object();

	for (guint i = 0; i < setup->cell_count; i++)
		json_array_append_new(policies, policy_json(setup, i, comparison->best_unpatched));
	json_object_set_new(object, "name", setup->setup ? json_string(setup->setup) : json_null());
	json_object_set_new(object, "parameters", json_of_parameters(&setup->cells[0].config));
	json_object_set_new(
		object, "ceiling",
		output_json_number(reference_ceiling(&setup->reference, &setup->cells[0])));
	json_object_set_new(object, "reference", reference_json(&setup->reference));
	json_object_set_new(object, "policies", policies);
	return object;
}

json_t *comparison_json(const struct comparison *comparison, const struct scenario *scenario,
			const struct run_options *options)
{
	json_t *setups = json_array(), *object = json_object();

	for (guint s = 0; s < comparison->setup_count; s++)
		json_array_append_new(setups, setup_json(comparison, &comparison->setups[s]));
	json_object_set_new(object, "format", json_string("vcpusim-compare/1"));
	json_object_set_new(object, "program", json_string("vcpusim " PACKAGE_VERSION));
	json_object_set_new(object, "scenario", json_string(scenario->document.name));
	json_object_set_new(object, "title",
			    scenario->title ? json_string(scenario->title) : json_null());
	json_object_set_new(object, "seed", json_integer((json_int_t)options->seed));
	json_object_set_new(object, "confidence", output_json_number(comparison->confidence));
	json_object_set_new(object, "setups", setups);
	return object;
}
