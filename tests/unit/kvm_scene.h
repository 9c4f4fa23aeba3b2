/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_scene.h - a small machine with one VM whose guest tasks follow scripts
 *
 * A scene costs nothing and ticks never, unless its test says so, and its TSC runs at 1 GHz: cycles
 * are ns. Guest task i stays on vCPU i modulo the vCPUs, vCPU i on pCPU i modulo the pCPUs. A test
 * changes `config` and `kind` between scene_new() and scene_start(), and may look at and write to every
 * part of the machine (models/machine_private.h); kvm_scene_act.h has ways to interfere.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "models/kernel/task.h"
#include "models/kvm/vcpu.h"
#include "models/policy/chain.h"
#include "models/result.h"
#include "workloads/op.h"

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)
#define FOREVER (3600 * SECOND)
#define BASE_WINDOW 4096 /* cycles: kvm-and-guest.md 1.1 */
#define SCENE_TASKS 300
#define SCENE_OPS 24
#define SCENE_LOG 256
/* A script is a list of these; when it is over the task ends, or begins again. */
#define RUN(ns) ((struct op){ OP_RUN, 0, ns })
#define SPIN(ns) ((struct op){ OP_SPIN, 0, ns })
#define KERNEL(ns) ((struct op){ OP_KERNEL, 0, ns })
#define LOCK(lock) ((struct op){ OP_LOCK, lock, 0 })
#define UNLOCK(lock) ((struct op){ OP_UNLOCK, lock, 0 })
#define SHOOTDOWN(pages) ((struct op){ OP_SHOOTDOWN, 0, pages })
#define PUT(queue, items) ((struct op){ OP_PUT, queue, items })
#define GET(queue, items) ((struct op){ OP_GET, queue, items })
#define SLEEP(ns) ((struct op){ OP_SLEEP, 0, ns })

struct scene;

struct scene_task {
	struct program program; /* first */
	struct scene *scene;
	struct op op[SCENE_OPS];
	uint32_t ops;
	uint64_t rounds;	   /* how often it begins again */
	uint32_t asked;		   /* ops handed out, of this round; ops + 1: it has ended */
	uint64_t began[SCENE_OPS]; /* ns: when op i was asked for, which ends op i - 1 */
};

/* A host task in the way of a vCPU. */
struct scene_hog {
	struct task task; /* first */
	struct scene *scene;
	bool used, over;
};

/* One line of what the watching policy saw: indices of vCPUs. Lines beyond SCENE_LOG are lost. */
struct scene_pair {
	uint32_t by, of;
};

struct scene {
	struct machine_config config;
	struct vm_config kind;
	struct policy_choice policy[2]; /* the watcher, and the test's own; ops NULL: none */
	uint64_t host_tick, host_phase, guest_tick, guest_phase; /* ns; period 0: never */
	uint32_t tasks;						 /* guest tasks */
	bool rcu;		    /* the guest has RCU; objects of kind 0 have 100 bytes */
	uint64_t sockets;	    /* workload.sockets: of its queue */
	bool dormant[SCENE_TASKS];  /* it begins when it is spawned */
	bool stranger[SCENE_TASKS]; /* that task's vCPU runs another process than the rest */

	struct machine *machine;
	struct vm *vm;
	struct vcpu *vcpu; /* of vm */
	struct scene_task task[SCENE_TASKS];
	struct scene_hog hog[64];
	struct scene_pair examined[SCENE_LOG]; /* asked whether it is a candidate */
	struct scene_pair boosted[SCENE_LOG];  /* yield_to() marked it */
	uint32_t examinations, boosts;
	bool examined_in_user_mode; /* the last examination was for a spinner in user mode */
	uint64_t examined_window;   /* the spinner's, cycles, at the last examination */
};

struct scene *scene_new(uint32_t pcpus, uint32_t vcpus);
void scene_script(struct scene *scene, uint32_t task, uint32_t ops, const struct op *op);
#define SCRIPT(scene, task, ...)                                                     \
	scene_script((scene), (task),                                                \
		     sizeof((const struct op[]){ __VA_ARGS__ }) / sizeof(struct op), \
		     (const struct op[]){ __VA_ARGS__ })
void scene_start(struct scene *scene);
void scene_free(struct scene *scene);

/*
 * Scripts for all vCPUs, a letter each, then starts, and makes it so at 10 us. P: preempted in the
 * kernel; U: preempted in user mode; R: runs, in user mode; H: halted and blocked; S: spins from
 * 100 us on, for a lock that stays taken; T: likewise from 110 us on; - : as scripted before.
 */
void scene_set(struct scene *scene, const char *states);

uint64_t scene_now(const struct scene *scene);
/* Fires all events up to and including `when`. */
void scene_run(struct scene *scene, uint64_t when);
/* Fires all events of the next moment that has any. */
void scene_step(struct scene *scene);
uint64_t scene_count(const struct scene *scene, enum counter_kind counter);
/* Steps until the counter has that value, for at most a second. */
void scene_run_until(struct scene *scene, enum counter_kind counter, uint64_t value);
/* ns in the account so far, all pCPUs. */
uint64_t scene_account(struct scene *scene, enum account_kind account);

/* The vCPUs that `by` has boosted, or examined, as text: "1 2 0". Of all if by is UINT32_MAX. */
const char *scene_boosts(const struct scene *scene, uint32_t by, char *text, uint32_t size);
const char *scene_examined(const struct scene *scene, uint32_t by, char *text, uint32_t size);

/* Index of a scheduler version by name. */
uint64_t scene_version(const char *name);
