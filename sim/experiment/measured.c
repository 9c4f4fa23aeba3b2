/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured.c - a file of measurements, scenario by scenario
 */
#include "sim/experiment/measured.h"

#include <math.h>
#include <string.h>

#include "sim/experiment/measured_parse.h"

const char *const measured_keys[MEASURED_KINDS] = {
	"run_length",
	"wakeup_latency",
	"wait_after_preemption",
};
const char *const measured_words[MEASURED_KINDS] = {
	"run length",
	"wake latency",
	"wait after preemption",
};

static bool read_class(const struct place *classes, struct measured_class *into, GError **error)
{
	struct place class;
	bool done;

	if (!place_member(classes, into->name, JSON_OBJECT, true, &class, error))
		return false;
	done = place_spread(&class, "share_of_one_cpu_class", &into->share, error) &&
	       place_spread(&class, "switch_ins_per_s_per_task", &into->switches, error);
	for (guint i = 0; done && i < MEASURED_KINDS; i++)
		done = place_distribution(&class, measured_keys[i], &into->distribution[i], error);
	place_clear(&class);
	return done;
}

static bool read_classes(const struct place *scenario, struct measured_scenario *into,
			 GError **error)
{
	struct place classes;
	bool done = true;

	if (!place_member(scenario, "classes", JSON_OBJECT, true, &classes, error))
		return false;
	for (guint i = 0; done && i < into->load.classes; i++)
		done = read_class(&classes, &into->class[i], error);
	place_clear(&classes);
	return done;
}

static bool read_scenario(const struct place *scenario, struct measured_scenario *into,
			  GError **error)
{
	struct place name, caveat;
	struct measured_spread switches, share;
	double window, warmup, repetitions;

	if (!place_member(scenario, "name", JSON_STRING, true, &name, error))
		return false;
	into->name = g_strdup(json_string_value(name.value));
	place_clear(&name);
	if (!place_member(scenario, "caveat", JSON_STRING, false, &caveat, error))
		return false;
	into->caveat = caveat.value ? json_string_value(caveat.value) : NULL;
	place_clear(&caveat);
	if (!place_number(scenario, "dur_ms", 1, 1e6, &window, error) ||
	    !place_number(scenario, "warm_ms", 0, 1e6, &warmup, error) ||
	    !place_number(scenario, "repetitions", 1, 1e6, &repetitions, error))
		return false;
	if (!place_spread(scenario, "foreign_switch_ins_per_s", &switches, error) ||
	    !place_spread(scenario, "foreign_frac", &share, error))
		return false;
	into->foreign_switches = fmax(0, switches.mean);
	into->foreign_share = fmin(fmax(0, share.mean), 1);
	into->window = (uint64_t)llround(window * 1e6);
	into->warmup = (uint64_t)llround(warmup * 1e6);
	into->repetitions = (uint32_t)repetitions;
	return measured_read_load(scenario, into, error) && read_classes(scenario, into, error);
}

static bool read_scenarios(const struct place *root, struct measured_file *file, GError **error)
{
	struct place scenarios;
	bool done;

	if (!place_member(root, "scenarios", JSON_ARRAY, true, &scenarios, error))
		return false;
	file->scenarios = (guint)json_array_size(scenarios.value);
	file->scenario = g_new0(struct measured_scenario, file->scenarios);
	done = file->scenarios || place_fail(&scenarios, error, "at least one scenario");
	for (guint i = 0; done && i < file->scenarios; i++) {
		struct place scenario;

		done = place_element(&scenarios, i, JSON_OBJECT, &scenario, error);
		if (!done)
			break;
		done = read_scenario(&scenario, &file->scenario[i], error);
		file->scenario[i].load.base_slice = file->environment.base_slice;
		place_clear(&scenario);
	}
	place_clear(&scenarios);
	return done;
}

bool measured_read(struct measured_file *file, struct document *document, const char *kernel,
		   GError **error)
{
	struct place root = { 0 };
	bool done;

	memset(file, 0, sizeof(*file));
	file->document = *document;
	memset(document, 0, sizeof(*document));
	root = (struct place){ .document = &file->document,
			       .value = file->document.root,
			       .path = g_strdup("") };
	done = document_check_type(&file->document, root.value, "", JSON_OBJECT, error) &&
	       measured_read_environment(&root, kernel, &file->environment, error) &&
	       read_scenarios(&root, file, error);
	place_clear(&root);
	if (!done)
		measured_clear(file);
	return done;
}

static void scenario_free(struct measured_scenario *scenario)
{
	for (guint i = 0; scenario->class && i < scenario->load.classes; i++) {
		g_free(scenario->class[i].name);
		for (guint kind = 0; kind < MEASURED_KINDS; kind++)
			g_clear_pointer(&scenario->class[i].distribution[kind].bins, g_array_unref);
	}
	g_free(scenario->class);
	g_free((void *)scenario->load.class);
	g_free((void *)scenario->load.group);
	g_free(scenario->name);
}

void measured_clear(struct measured_file *file)
{
	for (guint i = 0; i < file->scenarios; i++)
		scenario_free(&file->scenario[i]);
	g_free(file->scenario);
	g_free(file->environment.release);
	document_clear(&file->document);
	memset(file, 0, sizeof(*file));
}
