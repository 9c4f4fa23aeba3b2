/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_validate.c - vcpusim validate FILE...: check scenario files, one line a file and set-up
 */
#include "models/config.h"
#include "sim/cli/command.h"
#include "sim/cli/describe.h"
#include "sim/cli/options.h"
#include "sim/cli/output.h"
#include "sim/engine/fail.h"
#include "sim/experiment/config.h"
#include "sim/experiment/scenario.h"

static const struct usage usage = {
	.arguments = "FILE...",
	.summary = "Checks scenario files in each of their set-ups, and runs nothing.",
};

static bool validate_setup(const struct scenario *scenario, const char *setup, char **set,
			   GString *report, GError **error)
{
	struct scenario_choice choice = { .setup = setup, .set = (const char *const *)set };
	struct machine_config config;

	if (!scenario_resolve(scenario, &choice, &config, error))
		return false;

	g_autofree char *machine = describe_machine(&config);

	g_string_append_printf(report, "%s: %s%sok: %s\n", scenario->document.name,
			       setup ? setup : "", setup ? ": " : "", machine);
	config_clear(&config);
	return true;
}

static bool validate_file(const char *file, char **set, GString *report, GError **error)
{
	struct scenario scenario;
	bool done = true;

	if (!scenario_read(&scenario, file, error))
		return false;
	for (guint i = 0; done && i < scenario.setups->len; i++)
		done = validate_setup(&scenario, g_ptr_array_index(scenario.setups, i), set, report,
				      error);
	if (scenario.setups->len == 0)
		done = validate_setup(&scenario, NULL, set, report, error);
	scenario_clear(&scenario);
	return done;
}

/* All files are looked at; each that is wrong says so on standard error. */
static int validate_files(char **files, char **set, GError **error)
{
	g_autoptr(GString) report = g_string_new(NULL);
	int wrong = 0;

	for (guint i = 0; files[i]; i++) {
		g_autoptr(GError) problem = NULL;

		if (validate_file(files[i], set, report, &problem))
			continue;
		command_complain(problem);
		wrong++;
	}
	if (wrong)
		return STATUS_INPUT;
	return output_write(report->str, error) ? STATUS_DONE : STATUS_SYSTEM;
}

int cmd_validate(int argc, char **argv, GError **error)
{
	g_auto(GStrv) set = NULL;
	g_auto(GStrv) arguments = NULL;
	const GOptionEntry entries[] = {
		{ "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &set,
		  "change a parameter: host.cost.exit=500; repeat", "PATH=VALUE" },
		{ .long_name = NULL },
	};
	bool helped;

	if (!options_parse(&usage, entries, argc, argv, &arguments, &helped, error))
		return STATUS_INPUT;
	if (helped)
		return STATUS_DONE;
	if (!arguments[0]) {
		fail(error, ERROR_INPUT, "found no file; legal: vcpusim validate FILE...");
		return STATUS_INPUT;
	}
	return validate_files(arguments, set, error);
}
