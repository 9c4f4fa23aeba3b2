/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_compare.c - shares and switches; what must not be judged as sharply, and why
 */
#include "sim/experiment/measured_compare.h"

#include <math.h>

#include "models/result.h"
#include "sim/experiment/measured_bounds.h"
#include "sim/experiment/measured_judge.h"

const char *const check_names[CHECK_KINDS] = {
	"share", "switches", "mode", "p5", "p95", "Wasserstein", "ECDF",
};

/*
 * Whatever blocks beside anybody else locks to the phase of the tick; of tasks that are free to move,
 * which one is moved and when depends on it.
 */
static bool locks_to_phase(const struct host_load *load)
{
	uint32_t tasks = 0;
	bool blocks = false, moves = false;

	for (uint32_t i = 0; i < load->classes; i++) {
		enum host_program program = load->class[i].program;

		tasks += load->class[i].tasks;
		blocks |= program != HOST_HOG && program != HOST_YIELDER;
		moves |= load->class[i].only_cpu == UINT32_MAX;
	}
	return tasks > 1 && (blocks || moves);
}

static bool all_hogs(const struct host_load *load)
{
	for (uint32_t i = 0; i < load->classes; i++)
		if (load->class[i].program != HOST_HOG)
			return false;
	return true;
}

/* A sleeper or yielder whose group no hog is in, beside hogs in another one. */
static bool own_group(const struct host_load *load, const struct host_class *class)
{
	bool elsewhere = false;

	if (class->program != HOST_SLEEPER && class->program != HOST_YIELDER)
		return false;
	for (uint32_t i = 0; i < load->classes; i++) {
		if (load->class[i].program != HOST_HOG)
			continue;
		if (load->class[i].group == class->group)
			return false;
		elsewhere = true;
	}
	return elsewhere;
}

/* README.md, point 5: kernels and machines differ here, and nobody has found out why. */
static bool unseparated(const struct host_load *load)
{
	for (uint32_t i = 0; i < load->classes; i++) {
		const struct host_class *class = &load->class[i];

		if (own_group(load, class) || (class->program == HOST_SLEEPER && class->slice &&
					       class->slice < (int64_t)load->base_slice))
			return true;
	}
	return false;
}

static void judge_setting(struct setting *setting)
{
	const struct measured_scenario *scenario = setting->scenario;

	setting->path = setting->file->environment.emulated ? PATH_EMULATED : PATH_MACHINE;
	setting->phases_differ = locks_to_phase(&scenario->load);
	if (unseparated(&scenario->load))
		setting->unseparated = "README 5: machine and emulation differ, cause unknown";
	if (scenario->caveat)
		setting->not_judged = "the file's caveat: run lengths and latencies are wrong";
	else
		setting->not_judged = setting->unseparated;
}

void setting_add(const struct setting *setting, struct check check)
{
	double low = check.low, high = check.high;

	/* over phases, a range on either side: they must meet */
	if (setting->phases_differ && check.kind != CHECK_ECDF && check.kind != CHECK_DISTANCE)
		check.off = fmax(0, fmax(low - check.simulated_high, check.simulated_low - high));
	else if (check.kind == CHECK_SHARE || check.kind == CHECK_SWITCHES)
		check.off = fmax(0, fmax(low - check.simulated, check.simulated - high));
	if (check.verdict != VERDICT_SHOWN)
		check.verdict = check.off <= check.bound ? VERDICT_PASS : VERDICT_MISS;
	g_array_append_val(setting->checks, check);
}

static double of_phase(const struct class_result *class, const struct result *result,
		       enum check_kind kind)
{
	double window = (double)result->window;

	if (kind == CHECK_SHARE)
		return (double)class->run / window;
	return (double)class->switch_ins * 1e9 / window;
}

static struct check scalar(const struct setting *setting, guint class, enum check_kind kind,
			   const struct measured_spread *spread, double measured_tasks)
{
	double tasks = setting->scenario->class[class].tasks;
	struct check check = { .class = class,
			       .kind = kind,
			       .measured = spread->mean / measured_tasks,
			       .low = spread->min / measured_tasks,
			       .high = spread->max / measured_tasks };
	double sum = 0;

	for (guint i = 0; i < setting->phases; i++) {
		const struct result *result = &setting->result[i];
		double value = of_phase(&result->class[class], result, kind) / tasks;

		sum += value;
		if (i == 0 || value < check.simulated_low)
			check.simulated_low = value;
		if (i == 0 || value > check.simulated_high)
			check.simulated_high = value;
	}
	check.simulated = sum / setting->phases;
	return check;
}

/* Microseconds a run: the cost of a system call decides how many there are. */
static bool of_kernel_path(const struct measured_class *class)
{
	const struct measured_distribution *run = &class->distribution[MEASURED_RUN];

	return run->n && run->p95 < 250;
}

/* Half a run, as a share of the window: what its ends cut off, where it holds only a few runs. */
static double cut_runs(const struct setting *setting, const struct measured_class *class)
{
	const struct measured_distribution *run = &class->distribution[MEASURED_RUN];
	double runs = (double)run->n / (class->tasks * setting->scenario->repetitions);

	if (!run->n || runs >= MANY_RUNS)
		return 0;
	return run->p95 * 1000 / 2 / (double)setting->scenario->window;
}

static void compare_scalars(const struct setting *setting, guint class)
{
	const struct measured_class *measured = &setting->scenario->class[class];
	struct check share = scalar(setting, class, CHECK_SHARE, &measured->share, measured->tasks);
	struct check switches = scalar(setting, class, CHECK_SWITCHES, &measured->switches, 1);

	share.bound = all_hogs(&setting->scenario->load) ? BOUND_SHARE_HOGS : BOUND_SHARE;
	if (cut_runs(setting, measured) > 0) {
		share.bound += cut_runs(setting, measured);
		share.reason = "fewer than 40 runs in the window: it cuts off half a one";
	}
	if (setting->unseparated) {
		share.bound = BOUND_SHARE_UNSEPARATED;
		share.reason = setting->unseparated;
	}
	setting_add(setting, share);
	switches.bound = BOUND_SWITCHES * switches.measured +
			 1e9 / (double)setting->scenario->window +
			 setting->scenario->foreign_switches;
	switches.reason = setting->not_judged;
	if (of_kernel_path(measured))
		switches.reason = "README 6: runs of microseconds, the kernel's own paths decide";
	if (switches.reason)
		switches.verdict = VERDICT_SHOWN;
	setting_add(setting, switches);
}

void measured_compare(const struct measured_file *file, const struct measured_scenario *scenario,
		      const struct result *result, guint phases, GArray *checks)
{
	struct setting setting = { .file = file,
				   .scenario = scenario,
				   .result = result,
				   .phases = phases,
				   .checks = checks };

	judge_setting(&setting);
	for (guint class = 0; class < scenario->load.classes; class ++) {
		compare_scalars(&setting, class);
		for (guint kind = 0; kind < MEASURED_KINDS; kind++)
			compare_distribution(&setting, class, (enum measured_kind)kind);
	}
}
