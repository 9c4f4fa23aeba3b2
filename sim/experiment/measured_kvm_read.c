/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured_kvm_read.c - a file of measured KVM runs: read and checked
 */
#include <math.h>
#include <string.h>

#include "models/sched/versions.h"
#include "sim/experiment/measured_kvm.h"
#include "sim/experiment/measured_parse.h"

#define MOST_VMS 64
/* us: times between pCPUs below about these mean nothing there, with 2 pCPUs and with 4: its README */
#define FINEST_2 5
#define FINEST_4 20
#define LONGEST 1e12 /* ns, of any time in a run */

/* The programs as the file's "type" says; NULL: not simulated. */
static const struct {
	const char *type;
	enum kvm_program program;
} programs[] = {
	{ "lock_random", PROGRAM_LOCK }, { "shootdown", PROGRAM_SHOOT }, { "ping", PROGRAM_PING },
	{ "halt", PROGRAM_HALT },	 { "control", PROGRAM_CTL },
};

bool measured_kvm_is(const struct document *document)
{
	return json_is_object(document->root) && json_object_get(document->root, "runs") &&
	       json_object_get(document->root, "boots");
}

static bool read_whole(const struct place *run, const char *key, double max, uint64_t *into,
		       GError **error)
{
	double number;

	if (!place_number(run, key, 0, max, &number, error))
		return false;
	*into = (uint64_t)number;
	return true;
}

/* 1: read; 0: of type env; -1: faulty. */
static int read_program(const struct place *run, struct measured_kvm_run *into, GError **error)
{
	struct place type;
	const char *word;
	int found = -1;

	if (!place_member(run, "type", JSON_STRING, true, &type, error))
		return -1;
	word = json_string_value(type.value);
	if (strcmp(word, "env") == 0)
		found = 0;
	for (guint i = 0; i < G_N_ELEMENTS(programs); i++) {
		if (strcmp(word, programs[i].type) == 0) {
			into->program = programs[i].program;
			found = 1;
		}
	}
	if (found < 0)
		place_fail(&type, error, "lock_random, shootdown, ping, halt, control, env");
	place_clear(&type);
	return found;
}

static bool read_parameters(const struct place *run, struct measured_kvm_run *into, GError **error)
{
	uint64_t pinned, trigger;
	bool done = read_whole(run, "V", MOST_VMS, &into->vms, error) &&
		    read_whole(run, "n", MOST_VMS, &into->vcpus, error) &&
		    read_whole(run, "pin", 1, &pinned, error) &&
		    read_whole(run, "layout", 2, &into->layout, error) &&
		    read_whole(run, "hmode", 3, &trigger, error) &&
		    read_whole(run, "W", LONGEST, &into->trigger_ns, error) &&
		    read_whole(run, "phase", 1, &into->phase, error) &&
		    read_whole(run, "noise", LONGEST, &into->noise, error) &&
		    read_whole(run, "a", LONGEST, &into->a, error) &&
		    read_whole(run, "b", LONGEST, &into->b, error) &&
		    place_number(run, "window_ms", 1, 1e6, &into->window, error);

	into->pinned = done && pinned == 1;
	into->trigger = done ? (enum kvm_trigger)trigger : TRIGGER_NONE;
	return done;
}

/* Units of work of all VMs a second: of shoot1 only what the starters count. */
static bool read_rate(const struct place *run, struct measured_kvm_run *into, GError **error)
{
	struct place vms, vm;
	double count, sum = 0;
	bool done = true;

	if (!place_member(run, "vms", JSON_ARRAY, true, &vms, error))
		return false;
	for (guint i = 0; done && i < json_array_size(vms.value); i++) {
		done = place_element(&vms, i, JSON_OBJECT, &vm, error) &&
		       place_number(&vm, "count", 0, 1e15, &count, error);
		sum += done ? count : 0;
		place_clear(&vm);
	}
	place_clear(&vms);
	into->rate = sum * 1000 / into->window;
	return done;
}

/* A number that may be null or missing, then NAN. */
static bool read_optional(const struct place *object, const char *key, double *into, GError **error)
{
	struct place place;

	*into = NAN;
	if (!place_member(object, key, JSON_REAL, false, &place, error))
		return false;
	if (place.value)
		*into = json_number_value(place.value);
	place_clear(&place);
	return true;
}

/* Of fewer events nothing is judged: their standard error alone is larger than the bounds. */
#define LEAST_EVENTS 20

static double share(const json_t *counts, const char *key, double whole)
{
	return whole >= LEAST_EVENTS ? json_number_value(json_object_get(counts, key)) / whole
				     : NAN;
}

static double events(const json_t *counts)
{
	const char *key;
	json_t *count;
	double sum = 0;

	json_object_foreach((json_t *)counts, key, count)
	{
		sum += json_number_value(count);
	}
	return sum;
}

/* honoured_fraction* of the file, by who had the target's pCPU. */
static void judge_honoured(const struct place *yields, double *value)
{
	const json_t *current = json_object_get(yields->value, "by_current_on_target_cpu");
	double other = events(json_object_get(current, "other_vm")) +
		       events(json_object_get(current, "same_vm"));

	if (other < LEAST_EVENTS)
		value[KVM_HONOURED_OTHER] = NAN;
	if (events(json_object_get(current, "yielder_itself")) < LEAST_EVENTS)
		value[KVM_HONOURED_SAME] = NAN;
	if (events(json_object_get(current, "other_task")) < LEAST_EVENTS)
		value[KVM_HONOURED_TASK] = NAN;
}

static bool read_yields(const struct place *run, struct measured_kvm_run *into, GError **error)
{
	struct place yields, yielder;
	double attempts, successes;
	double *value = into->value;
	bool done;

	if (!place_member(run, "yields", JSON_OBJECT, true, &yields, error))
		return false;
	done = place_number(&yields, "attempts", 0, 1e12, &attempts, error) &&
	       place_number(&yields, "decision_limit_us", 0, 1e6, &into->decision_limit, error) &&
	       place_number(&yields, "success", 0, 1e12, &successes, error) &&
	       read_optional(&yields, "honoured_fraction_other_cpu", &value[KVM_HONOURED_OTHER],
			     error) &&
	       read_optional(&yields, "honoured_fraction_same_cpu", &value[KVM_HONOURED_SAME],
			     error) &&
	       read_optional(&yields, "honoured_fraction_current_is_other_task",
			     &value[KVM_HONOURED_TASK], error) &&
	       place_member(&yields, "yielder", JSON_OBJECT, true, &yielder, error);
	if (done) {
		bool judged = attempts >= LEAST_EVENTS && (into->trigger == TRIGGER_PAUSE ||
							   into->trigger == TRIGGER_HYPERCALL);

		judge_honoured(&yields, value);
		value[KVM_ATTEMPTS] = judged ? attempts * 1000 / into->window : NAN;
		value[KVM_SUCCESSES] = judged ? successes * 1000 / into->window : NAN;
		value[KVM_CONTINUES] = share(yielder.value, "continues", successes);
		value[KVM_TO_OTHER_VM] = share(yielder.value, "to_other_vm", successes);
		place_clear(&yielder);
	}
	place_clear(&yields);
	return done;
}

double measured_kvm_latency(const struct measured_kvm_run *run, double us)
{
	return fmax(us, run->vcpus > 2 ? FINEST_4 : FINEST_2);
}

static bool read_latency(const struct place *run, struct measured_kvm_run *into, GError **error)
{
	static const enum kvm_value p50_of[] = {
		[PROGRAM_LOCK] = KVM_LOCK_P50,
		[PROGRAM_PING] = KVM_LOCK_P50,
		[PROGRAM_SHOOT] = KVM_CALL_P50,
		[PROGRAM_HALT] = KVM_WAKE_P50,
	};
	struct place latency;
	bool done = true;
	double *p50;

	if (into->program == PROGRAM_CTL)
		return true;
	if (!place_member(run, "latency_us", JSON_OBJECT, false, &latency, error))
		return false;
	p50 = &into->value[p50_of[into->program]];
	if (latency.value)
		done = read_optional(&latency, "p50", p50, error) &&
		       read_optional(&latency, "p99", p50 + 1, error);
	for (guint i = 0; done && i < 2; i++)
		if (!isnan(p50[i]))
			p50[i] = measured_kvm_latency(into, p50[i]);
	place_clear(&latency);
	return done;
}

/* A text that a boot may lack. Borrowed from the document. */
static bool read_text(const struct place *info, const char *key, const char **into, GError **error)
{
	struct place place;

	*into = NULL;
	if (!place_member(info, key, JSON_STRING, false, &place, error))
		return false;
	if (place.value)
		*into = json_string_value(place.value);
	place_clear(&place);
	return true;
}

static bool read_info(const struct place *info, struct measured_kvm_run *into, GError **error)
{
	const char *cmdline;

	if (!place_preemption(info, &into->preemption, error) ||
	    !read_text(info, "features", &into->features, error) ||
	    !read_text(info, "cmdline", &cmdline, error))
		return false;
	into->skewed = cmdline && strstr(cmdline, "skew_tick=1");
	return true;
}

/* "none voluntary full (lazy)": of the boot that the run names. */
static bool read_boot(const struct place *root, const struct place *run,
		      struct measured_kvm_run *into, GError **error)
{
	struct place name, boots, boot = { 0 }, info = { 0 };
	bool done;

	if (!place_member(run, "boot", JSON_STRING, true, &name, error))
		return false;
	into->boot = json_string_value(name.value);
	place_clear(&name);
	if (!place_member(root, "boots", JSON_OBJECT, true, &boots, error))
		return false;
	done = place_member(&boots, into->boot, JSON_OBJECT, true, &boot, error) &&
	       place_member(&boot, "info", JSON_OBJECT, true, &info, error) &&
	       read_info(&info, into, error);
	place_clear(&info);
	place_clear(&boot);
	place_clear(&boots);
	return done;
}

/* 1: read; 0: left out; -1: faulty. */
static int read_run(const struct place *root, const struct place *run,
		    struct measured_kvm_run *into, GError **error)
{
	struct place name;
	int kind;

	for (guint i = 0; i < KVM_VALUES; i++)
		into->value[i] = NAN;
	into->alone = -1;
	if (!place_member(run, "name", JSON_STRING, true, &name, error))
		return -1;
	into->name = json_string_value(name.value);
	into->probed = json_object_get(run->value, "eligibility") != NULL;
	place_clear(&name);
	kind = read_program(run, into, error);
	if (kind <= 0)
		return kind;
	/* its caveat 1: with unbounded turns of the emulator everything is wrong */
	if (g_str_has_suffix(into->name, "_hp0"))
		return 0;
	return read_parameters(run, into, error) && read_rate(run, into, error) &&
			       place_number(run, "gang_fraction", 0, 1, &into->value[KVM_GANG],
					    error) &&
			       read_yields(run, into, error) && read_latency(run, into, error) &&
			       read_boot(root, run, into, error)
		       ? 1
		       : -1;
}

/* Name without what tells variants apart: "lockB_r2" is lockB. */
static size_t stem(const char *name)
{
	return strcspn(name, "_");
}

/*
 * The run of one VM, pinned, flat, that does the same with yields (of programs without yields: as
 * it is), from the same boot if there is one.
 */
static int find_alone(const GArray *runs, const struct measured_kvm_run *run)
{
	int found = -1;

	for (guint i = 0; i < runs->len; i++) {
		const struct measured_kvm_run *other =
			&g_array_index(runs, struct measured_kvm_run, i);
		bool yields = other->program == PROGRAM_HALT || other->program == PROGRAM_CTL ||
			      other->trigger == TRIGGER_PAUSE;

		if (other->vms != 1 || !other->pinned || other->vcpus != run->vcpus || !yields ||
		    other->name[stem(other->name)] ||
		    strncmp(other->name, run->name, stem(run->name)) != 0 ||
		    strlen(other->name) != stem(run->name))
			continue;
		if (found < 0 || strcmp(other->boot, run->boot) == 0)
			found = (int)i;
		if (strcmp(other->boot, run->boot) == 0)
			break;
	}
	return found;
}

static void relate(GArray *runs)
{
	for (guint i = 0; i < runs->len; i++) {
		struct measured_kvm_run *run = &g_array_index(runs, struct measured_kvm_run, i);

		run->alone = find_alone(runs, run);
		if (run->alone >= 0 && run->alone != (int)i)
			run->value[KVM_WORK] =
				run->rate /
				g_array_index(runs, struct measured_kvm_run, run->alone).rate;
	}
}

static bool read_runs(const struct place *root, struct measured_kvm *file, GError **error)
{
	struct place runs, run;
	bool done = true;

	if (!place_member(root, "runs", JSON_ARRAY, true, &runs, error))
		return false;
	for (guint i = 0; done && i < json_array_size(runs.value); i++) {
		struct measured_kvm_run into = { .index = i };
		int kind = -1;

		if (place_element(&runs, i, JSON_OBJECT, &run, error))
			kind = read_run(root, &run, &into, error);
		place_clear(&run);
		done = kind >= 0;
		if (kind > 0)
			g_array_append_val(file->runs, into);
		file->left_out += kind == 0;
	}
	if (done && !file->runs->len)
		done = place_fail(&runs, error, "at least one run that is not of type env");
	place_clear(&runs);
	return done;
}

static bool read_kernel(const struct place *root, const char *kernel, struct measured_kvm *file,
			GError **error)
{
	struct place release;
	uint64_t row = 0;
	bool done;

	if (!place_member(root, "kernel", JSON_STRING, true, &release, error))
		return false;
	done = place_kernel(&release, kernel, NULL, &row, error);
	file->kernel = fair_version_names[row];
	place_clear(&release);
	return done;
}

bool measured_kvm_read(struct measured_kvm *file, struct document *document, const char *kernel,
		       GError **error)
{
	struct place root = { 0 };
	bool done;

	*file = (struct measured_kvm){
		.document = *document,
		.runs = g_array_new(FALSE, FALSE, sizeof(struct measured_kvm_run)),
	};
	memset(document, 0, sizeof(*document));
	root = (struct place){ .document = &file->document,
			       .value = file->document.root,
			       .path = g_strdup("") };
	done = read_kernel(&root, kernel, file, error) && read_runs(&root, file, error);
	place_clear(&root);
	if (!done) {
		measured_kvm_clear(file);
		return false;
	}
	relate(file->runs);
	return true;
}

void measured_kvm_clear(struct measured_kvm *file)
{
	document_clear(&file->document);
	g_clear_pointer(&file->runs, g_array_unref);
}
