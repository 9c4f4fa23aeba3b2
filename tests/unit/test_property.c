/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_property.c - thousands of small random machines, and what must hold in each at any moment
 *
 * PROPERTY_MACHINES and PROPERTY_SEED in the environment say how many to try and from which seed.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "models/config.h"
#include "models/machine.h"
#include "models/machine_private.h"
#include "models/result.h"
#include "sim/engine/random.h"
#include "tests/check_main.h"
#include "tests/unit/invariants.h"
#include "tests/unit/random_machine.h"

#define MACHINES 4000
#define MACHINES_SANITIZED 400
#define MACHINES_VALGRIND 40
#define SHARDS 8
/* A machine that has fired so many events has shown enough. */
#define EVENTS_MAX 20000
/* One machine of so many is examined after every moment that has events. */
#define EVERY_MOMENT 8
/* One of so many runs a second time, unexamined. */
#define TWICE 4

static bool is_yes(const char *name)
{
	const char *text = getenv(name);

	return text && strcmp(text, "yes") == 0;
}

static uint64_t from_environment(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : fallback;
}

static uint64_t machines(void)
{
	if (is_yes("UNDER_VALGRIND"))
		return MACHINES_VALGRIND;
	return is_yes("INSTRUMENTED") ? MACHINES_SANITIZED : MACHINES;
}

/* Where a run ended. */
struct end {
	uint64_t now, events, fingerprint;
};

static struct end end_of(struct machine *machine)
{
	const struct engine *engine = &machine->engine;
	struct end end = { engine->now, engine->events, engine->fingerprint };

	machine_free(machine);
	return end;
}

static void refuse(const struct machine_config *config, uint64_t now, const char *what)
{
	ck_abort_msg("seed %" PRIu64 " at %" PRIu64 " ns: %s", config->seed, now, what);
}

static void examine(struct machine *machine)
{
	const char *broken = machine_broken(machine);

	if (!broken)
		broken = work_broken(machine);
	if (broken)
		refuse(machine->config, machine->engine.now, broken);
}

/* Runs in steps of random length, or from one moment that has events to the next. */
static struct end run_examined(const struct machine_config *config)
{
	struct machine *machine = machine_new(config);
	struct engine *engine = &machine->engine;
	bool every = config->seed % EVERY_MOMENT == 0;
	uint64_t events = every ? EVENTS_MAX / EVERY_MOMENT : EVENTS_MAX;
	struct random random;

	random_init(&random, config->seed, "property", 0, "steps");
	examine(machine);
	while (engine->now < config->run.window && engine->events < events) {
		uint64_t last = engine->now;
		uint64_t next = every ? timers_next(&engine->timers)
				      : last + random_between(&random, 1, 100000);

		engine_run(engine, next < config->run.window ? next : config->run.window);
		ck_assert(engine->now >= last);
		examine(machine);
	}
	return end_of(machine);
}

/* What a run says of itself fits its size. */
static const char *result_broken(const struct result *result)
{
	uint64_t whole = result->pcpus * result->window, sum = 0;

	for (uint32_t i = 0; i < ACCOUNT_KINDS; i++)
		sum += result->account[i];
	must(sum == whole);
	must(result->bystander_run <= whole);
	for (uint32_t i = 0; i < result->vms; i++) {
		must(result->vm[i].running <= whole);
		must(result->vm[i].gang <= result->window);
	}
	return NULL;
}

/* The same machine in one go, with the measures reset on the way. */
static struct end run_whole(struct machine_config *config, uint64_t end)
{
	struct machine *machine = machine_new(config);
	struct result result;
	const char *broken;

	config->run.warmup = end / 3;
	config->run.window = end - end / 3;
	machine_run(machine);
	machine_result(machine, &result);
	broken = result_broken(&result);
	result_clear(&result);
	if (broken)
		refuse(config, end, broken);
	return end_of(machine);
}

static void try_machine(uint64_t seed)
{
	struct machine_config config;
	struct end first;

	random_machine_config(&config, seed);
	first = run_examined(&config);
	if (seed % TWICE == 1) {
		struct end second = run_whole(&config, first.now);

		if (second.events != first.events || second.fingerprint != first.fingerprint)
			refuse(&config, first.now, "another run the second time");
	}
	random_machine_config_clear(&config);
}

START_TEST(random_machines_keep_the_invariants)
{
	uint64_t first = from_environment("PROPERTY_SEED", 1);
	uint64_t count = from_environment("PROPERTY_MACHINES", machines());

	for (uint64_t seed = first + (uint64_t)_i; seed < first + count; seed += SHARDS)
		try_machine(seed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("property");
	TCase *tcase = tcase_create("random machines");

	/* only a simulation that stands still ever gets there */
	tcase_set_timeout(tcase, 3600);
	tcase_add_loop_test(tcase, random_machines_keep_the_invariants, 0, SHARDS);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
