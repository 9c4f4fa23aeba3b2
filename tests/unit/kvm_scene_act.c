/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kvm_scene_act.c - hogs, and hands in the machine's parts
 */
#include "tests/unit/kvm_scene_act.h"

#include <check.h>
#include <glib.h>

#include "models/kernel/objects.h"
#include "models/kernel/program.h"
#include "models/machine_private.h"
#include "models/sched/hooks.h"
#include "models/sched/query.h"
#include "tests/unit/kvm_scene.h"

static void hog_advance(struct task *task)
{
	struct scene_hog *hog = (struct scene_hog *)task;

	if (hog->over)
		kernel_exit(task_cpu(task));
	else
		kernel_work(task_cpu(task), FOREVER, WORK_USER);
}

static const struct task_ops hog_ops = { .advance = hog_advance };

static struct scene_hog *add_hog(struct scene *scene, uint32_t pcpu)
{
	struct scene_hog *hog = scene->hog;

	while (hog->used)
		hog++;
	ck_assert_ptr_ne(hog, scene->hog + G_N_ELEMENTS(scene->hog));
	*hog = (struct scene_hog){ .scene = scene, .used = true };
	task_init(&scene->machine->host, &hog->task, &hog_ops, NULL, pcpu, NULL, 999);
	task_start(&hog->task, pcpu);
	return hog;
}

void scene_lag(struct scene *scene, struct task *task, int64_t behind)
{
	struct kernel_cpu *cpu = task_cpu(task);
	struct fair_entity *entity = &task->fair.entity;
	uint32_t requests = cpu->rq->resched;
	int64_t sum = 0;
	int64_t others = 0;

	/* nobody would be told of a request that this account raises */
	fair_clock(cpu->rq, scene_now(scene));
	fair_account(entity->queue);
	cpu->rq->resched = requests;
	for (const struct task *other = cpu->first; other; other = other->next) {
		if (other == task)
			continue;
		sum += other->fair.entity.vruntime;
		others++;
	}
	int64_t vruntime = (others ? sum / others : entity->vruntime) + behind;

	fair_entity_set(entity, vruntime, vruntime + (int64_t)entity->slice);
}

/* Now, whatever runs there is compared with the others; a guest takes its time to get out. */
static void reschedule(struct scene *scene, struct kernel_cpu *cpu)
{
	if (cpu->rq->curr)
		fair_entity_unprotect(&cpu->rq->curr->entity);
	cpu->rq->resched |= FAIR_RESCHED_NOW;
	cpu->cpu->ops->raise(cpu->cpu, IRQ_RESCHEDULE);
	scene_run(scene, scene_now(scene));
	while (cpu->rq->resched)
		scene_step(scene);
}

void scene_demote(struct scene *scene, uint32_t vcpu)
{
	struct task *task = &scene->vcpu[vcpu].task;

	if (task->state == TASK_RUNNABLE)
		scene_lag(scene, task, (int64_t)SECOND);
	reschedule(scene, task_cpu(task));
	ck_assert(!task_running(task));
}

void scene_freeze(struct scene *scene, uint32_t vcpu)
{
	add_hog(scene, scene->vcpu[vcpu].task.cpu);
	scene_demote(scene, vcpu);
}

void scene_crowd(struct scene *scene, uint32_t vcpu)
{
	struct task *task = &scene->vcpu[vcpu].task;
	struct scene_hog *hog = add_hog(scene, task->cpu);

	scene_lag(scene, &hog->task, (int64_t)SECOND);
	reschedule(scene, task_cpu(task));
	ck_assert(task_running(task));
}

void scene_thaw(struct scene *scene, uint32_t vcpu)
{
	struct task *task = &scene->vcpu[vcpu].task;

	for (struct scene_hog *hog = scene->hog; hog->used; hog++) {
		if (hog->over || hog->task.cpu != task->cpu)
			continue;
		hog->over = true;
		if (task_running(&hog->task))
			kernel_rework(task_cpu(task), 0, WORK_USER);
		else
			hog->task.segment = 0;
	}
	scene_run(scene, scene_now(scene));
}

void scene_hold(struct scene *scene, uint32_t lock)
{
	scene->vm->guest.objects->spin_lock[lock].owner = &scene->vm->tasks[scene->tasks - 1].task;
}

void scene_feign(struct scene *scene, uint32_t vcpu, char state)
{
	struct vcpu *v = &scene->vcpu[vcpu];

	v->ready = state != 'R';
	v->preempted = state == 'P' || state == 'U';
	v->preempted_in_kernel = state == 'P';
}

void scene_hypercall_yield(struct scene *scene, uint32_t vcpu, uint32_t target)
{
	struct vcpu *v = &scene->vcpu[vcpu];

	ck_assert(v->live);
	v->requests.yield = true;
	v->requests.yield_to = target;
	reschedule(scene, task_cpu(&v->task)); /* its next entry carries the request out */
}
