/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_scene_act.h - what a test does to a scene from outside: takes pCPUs away, takes locks, lies
 */
#pragma once

#include <stdint.h>

struct scene;
struct task;

/* The vCPU loses its pCPU to whoever waits there, and stays behind for a second. */
void scene_demote(struct scene *scene, uint32_t vcpu);
/* Puts a hog on the vCPU's pCPU that runs for the next second whatever the vCPU does. */
void scene_freeze(struct scene *scene, uint32_t vcpu);
/* Likewise, but the hog waits for a second as long as the vCPU wants to run. */
void scene_crowd(struct scene *scene, uint32_t vcpu);
/* Ends the hogs on the vCPU's pCPU. */
void scene_thaw(struct scene *scene, uint32_t vcpu);
/*
 * Moves the vruntime of a queued host task to `behind` ns after the mean of the others on its CPU:
 * above 0 it is ineligible. All are nice 0 and in the root cgroup.
 */
void scene_lag(struct scene *scene, struct task *task, int64_t behind);
/* The kernel spin lock is taken, by a task that never lets it go. */
void scene_hold(struct scene *scene, uint32_t lock);
/* Makes KVM's racy hints say that the vCPU is waiting, whatever it does. */
void scene_feign(struct scene *scene, uint32_t vcpu, char state);
/* The vCPU executes the hypercall for a directed yield to `target` (KVM_HC_SCHED_YIELD). */
void scene_hypercall_yield(struct scene *scene, uint32_t vcpu, uint32_t target);
