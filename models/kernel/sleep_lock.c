/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sleep_lock.c - mutex and rwsem (kvm-and-guest.md 3.9)
 *
 * Polls of a spinner take no events: whatever may end its spin lets it look with its next poll.
 */
#include "models/kernel/sleep_lock.h"

#include "models/kernel/kernel.h"
#include "models/kernel/objects.h"
#include "models/kernel/program_private.h"
#include "models/measures.h"
#include "sim/engine/engine.h"

/* A spin while readers own the lock, 3.9: 10 us and half a us for each reader, at most 25 us. */
#define READERS_SPIN_NS UINT64_C(10000)
#define READER_SPIN_NS UINT64_C(500)
#define READERS_SPIN_MAX_NS UINT64_C(25000)
/* RWSEM_WAIT_TIMEOUT: the first in line asks for a hand-off after that. recalled, [R] */
#define RWSEM_HANDOFF_NS UINT64_C(4000000)
/* Stages of the op that takes one. */
enum { BEGIN, SPINS, GOES_TO_SLEEP, SLEEPS, SPINS_FIRST, GIVES_WAY };

static bool need_resched(const struct kernel_cpu *cpu)
{
	return cpu->rq->resched & FAIR_RESCHED_NOW;
}

static bool owner_on_cpu(const struct task *owner)
{
	const struct kernel_cpu *cpu = task_cpu(owner);

	return cpu->current == owner && !cpu->cpu->ops->is_preempted(cpu->cpu);
}

static enum work spin_work(const struct sleep_lock *lock)
{
	return lock->is_mutex ? WORK_SPIN_MUTEX : WORK_SPIN_RWSEM;
}

/* For a reader. */
static int64_t name_of(const struct kernel *kernel, const struct sleep_lock *lock)
{
	const struct kernel_objects *objects = kernel->objects;

	if (lock->is_mutex)
		return TRAIL_OBJECT(OBJECT_MUTEX, lock - objects->kernel_mutex);
	return TRAIL_OBJECT(OBJECT_RWSEM, lock - objects->rwsem);
}

static void note(const struct kernel_cpu *cpu, enum trail_kind kind, int64_t n,
		 const struct sleep_lock *lock, const struct task *whom)
{
	TRAIL(cpu->kernel->measures, .kind = kind, .who = cpu->cpu,
	      .whom = whom ? task_cpu(whom)->cpu : NULL, .n = n, .more = name_of(cpu->kernel, lock),
	      .task = cpu->current->owner);
}

static void spinners_look(struct sleep_lock *lock)
{
	if (lock->spinners.head)
		spin_look(lock->spinners.head, spin_work(lock));
	if (lock->line.head && lock->line.head->sleep_wait.spins)
		spin_look(lock->line.head, spin_work(lock));
}

static void line_leave(struct sleep_lock *lock, struct task *task)
{
	if (lock->line.head == task) {
		fifo_pop(&lock->line);
		lock->handoff = false;
	}
}

static bool try_write(struct sleep_lock *lock, struct task *task)
{
	if (lock->owner || lock->readers || (lock->handoff && lock->line.head != task))
		return false;
	lock->owner = task;
	lock->no_spinning = false;
	line_leave(lock, task);
	return true;
}

/* A reader that comes joins others only while nobody waits. */
static bool try_read(struct sleep_lock *lock)
{
	if (lock->owner || lock->handoff || (lock->line.head && lock->readers))
		return false;
	lock->no_spinning &= lock->readers > 0;
	lock->readers++;
	spinners_look(lock);
	return true;
}

/* The running task knows that it owns the lock, or lets go of it. */
static void hold(struct task *task, struct sleep_lock *lock, bool reads, uint32_t change)
{
	task->held[lock->is_mutex ? LOCK_MUTEX : LOCK_RWSEM] += change;
	if (reads)
		lock->reads[task->owner] += change;
}

/* One atomic operation on the lock's word, done with the task's next segment. True: the word comes from
 * another CPU. */
static bool change_word(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock)
{
	struct cache_line *word = &lock->word;
	struct measures *measures = cpu->kernel->measures;
	uint64_t now = cpu->kernel->engine->now + task->owed;

	task->owed += cpu->kernel->costs.mutex;
	if (word->last == cpu || !cpu->kernel->costs.cache_line)
		return false;
	if (word->free > now) {
		count(measures, COUNTER_LINE_WAITS);
		measures->counter[COUNTER_LINE_WAIT_NS] += word->free - now;
	} else {
		word->free = now;
	}
	word->free += cpu->kernel->costs.cache_line;
	word->last = cpu;
	task->owed += word->free - now;
	return true;
}

static void spin_begin(struct kernel_cpu *cpu, struct sleep_lock *lock, bool in_queue)
{
	struct task *task = cpu->current;

	cpu->no_preempt++;
	task->sleep_wait.spins = true;
	task->sleep_wait.saw_readers = false;
	task->sleep_wait.next_spinner = cpu->kernel->spinners;
	cpu->kernel->spinners = task;
	if (in_queue)
		fifo_push(&lock->spinners, task);
}

static void spin_end(struct kernel_cpu *cpu, struct sleep_lock *lock, bool in_queue)
{
	struct task *task = cpu->current;
	struct task **link = &cpu->kernel->spinners;

	while (*link != task)
		link = &(*link)->sleep_wait.next_spinner;
	*link = task->sleep_wait.next_spinner;
	task->sleep_wait.spins = false;
	cpu->no_preempt--;
	if (in_queue) {
		const struct task *behind = task->wait_next;

		fifo_remove(&lock->spinners, task);
		if (behind)
			spin_look((struct task *)behind, spin_work(lock));
	}
}

static struct task *spinner_before(const struct sleep_lock *lock, const struct task *task)
{
	struct task *before = NULL;

	for (struct task *in = lock->spinners.head; in && in != task; in = in->wait_next)
		before = in;
	return before;
}

/* The time that readers get starts when a spinner first sees them. */
static bool readers_in_time(const struct kernel_cpu *cpu, const struct sleep_lock *lock)
{
	struct sleep_wait *wait = &cpu->current->sleep_wait;
	uint64_t ns = READERS_SPIN_NS + READER_SPIN_NS * lock->readers;
	uint64_t now = cpu->kernel->engine->now;

	if (!wait->saw_readers)
		wait->deadline = now + (ns < READERS_SPIN_MAX_NS ? ns : READERS_SPIN_MAX_NS);
	wait->saw_readers = true;
	return now < wait->deadline;
}

/* May it go on spinning? */
static bool worth_spinning(const struct kernel_cpu *cpu, const struct sleep_lock *lock)
{
	if (need_resched(cpu))
		return false;
	if (lock->owner)
		return owner_on_cpu(lock->owner);
	if (lock->readers)
		return !lock->no_spinning && readers_in_time(cpu, lock);
	return true;
}

/* For a reader: why it may not. */
static enum trail_sleep why_sleep(const struct kernel_cpu *cpu, const struct sleep_lock *lock,
				  const struct task *before)
{
	if (cpu->current->sleep_wait.reads)
		return SLEEP_ALWAYS;
	if (need_resched(cpu))
		return SLEEP_WANTED;
	if (before)
		return SLEEP_BEFORE_PREEMPTED;
	if (!lock->owner)
		return SLEEP_READERS;
	return task_running(lock->owner) ? SLEEP_OWNER_PREEMPTED : SLEEP_OWNER_OFF;
}

static bool spin_on(struct kernel_cpu *cpu, struct sleep_lock *lock)
{
	uint64_t ns = spin_threshold(cpu->kernel);
	uint64_t now = cpu->kernel->engine->now;
	uint64_t deadline = cpu->current->sleep_wait.deadline;

	cpu->current->spin.looks = false;
	if (lock->readers && deadline > now && deadline - now < ns)
		ns = deadline - now;
	kernel_work(cpu, ns, spin_work(lock));
	return false;
}

static bool owned(struct program_task *task, struct kernel_cpu *cpu)
{
	change_word(task, cpu, task->task.sleep_wait.lock);
	histogram_add(&cpu->kernel->measures->latency[LATENCY_SLEEP_LOCK_WAIT],
		      cpu->kernel->engine->now - task->task.waits_since);
	hold(&task->task, task->task.sleep_wait.lock, task->task.sleep_wait.reads, 1);
	note(cpu, TRAIL_WAIT_OVER, 0, task->task.sleep_wait.lock, NULL);
	task->task.sleep_wait.lock = NULL;
	return true;
}

/* Stage GOES_TO_SLEEP: it is on the way, and may still find the lock free. */
static bool sleep_in_line(struct program_task *task, struct kernel_cpu *cpu,
			  struct sleep_lock *lock)
{
	struct sleep_wait *wait = &task->task.sleep_wait;

	if (task->stage != GOES_TO_SLEEP) {
		task->stage = GOES_TO_SLEEP;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	if (wait->reads ? try_read(lock) : try_write(lock, &task->task))
		return owned(task, cpu);
	task->stage = SLEEPS;
	count(cpu->kernel->measures, COUNTER_LOCK_SLEEPS);
	fifo_push(&lock->line, &task->task);
	kernel_block(cpu);
	return false;
}

static bool spins_in_queue(struct program_task *task, struct kernel_cpu *cpu,
			   struct sleep_lock *lock)
{
	const struct task *before = spinner_before(lock, &task->task);
	bool goes_on;

	if (before) {
		const struct cpu *there = task_cpu(before)->cpu;

		goes_on = !need_resched(cpu) && !there->ops->is_preempted(there);
	} else if (try_write(lock, &task->task)) {
		spin_end(cpu, lock, true);
		return owned(task, cpu);
	} else {
		goes_on = worth_spinning(cpu, lock);
		lock->no_spinning |= !goes_on && lock->readers && !need_resched(cpu);
	}
	if (goes_on)
		return spin_on(cpu, lock);
	note(cpu, TRAIL_WAIT_SLEEPS, why_sleep(cpu, lock, before), lock, NULL);
	spin_end(cpu, lock, true);
	if (!need_resched(cpu))
		return sleep_in_line(task, cpu, lock);
	task->stage = GIVES_WAY;
	kernel_schedule(cpu);
	return false;
}

/* The first in line spins, too, outside the queue. */
static bool spins_first(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock)
{
	if (lock->owner == &task->task || try_write(lock, &task->task)) {
		line_leave(lock, &task->task);
		spin_end(cpu, lock, false);
		return owned(task, cpu);
	}
	if (worth_spinning(cpu, lock))
		return spin_on(cpu, lock);
	note(cpu, TRAIL_WAIT_SLEEPS, why_sleep(cpu, lock, NULL), lock, NULL);
	spin_end(cpu, lock, false);
	task->stage = SLEEPS;
	kernel_block(cpu);
	return false;
}

static bool woken(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock)
{
	struct task *me = &task->task;
	uint64_t waited = cpu->kernel->engine->now - me->waits_since;

	if (lock->owner == me)
		line_leave(lock, me);
	if (lock->owner == me || me->sleep_wait.granted)
		return owned(task, cpu);
	if (lock->line.head == me && !me->sleep_wait.reads) {
		if (try_write(lock, me))
			return owned(task, cpu);
		lock->handoff |= lock->is_mutex || waited >= RWSEM_HANDOFF_NS;
		if (lock->handoff && worth_spinning(cpu, lock)) {
			task->stage = SPINS_FIRST;
			spin_begin(cpu, lock, false);
			return spin_on(cpu, lock);
		}
	}
	kernel_block(cpu);
	return false;
}

static bool begin(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock,
		  bool reads)
{
	struct task *me = &task->task;

	if (reads ? try_read(lock) : try_write(lock, me)) {
		hold(me, lock, reads, 1);
		change_word(task, cpu, lock);
		return true;
	}
	count(cpu->kernel->measures, COUNTER_SLEEP_LOCK_CONTENDED);
	me->waits_since = cpu->kernel->engine->now;
	me->sleep_wait = (struct sleep_wait){ .lock = lock, .reads = reads };
	if (reads || !worth_spinning(cpu, lock)) {
		note(cpu, TRAIL_WAIT, reads ? WAIT_READS : WAIT_SLEEPS, lock, lock->owner);
		note(cpu, TRAIL_WAIT_SLEEPS, why_sleep(cpu, lock, NULL), lock, NULL);
		return sleep_in_line(task, cpu, lock);
	}
	note(cpu, TRAIL_WAIT, WAIT_SPINS, lock, lock->owner);
	task->stage = SPINS;
	spin_begin(cpu, lock, true);
	return spins_in_queue(task, cpu, lock);
}

bool sleep_lock_take(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock,
		     bool reads)
{
	switch (task->stage) {
	case BEGIN:
		return begin(task, cpu, lock, reads);
	case SPINS:
		return spins_in_queue(task, cpu, lock);
	case GOES_TO_SLEEP:
	case GIVES_WAY:
		return sleep_in_line(task, cpu, lock);
	case SLEEPS:
		return woken(task, cpu, lock);
	default:
		return spins_first(task, cpu, lock);
	}
}

/* All readers in line own the lock before they wake. */
static void grant_readers(struct sleep_lock *lock, struct kernel_cpu *by)
{
	struct task_fifo line = lock->line;
	struct task *task;

	lock->line = (struct task_fifo){ NULL, NULL };
	lock->handoff = false;
	lock->no_spinning = false;
	while ((task = fifo_pop(&line))) {
		if (!task->sleep_wait.reads) {
			fifo_push(&lock->line, task);
			continue;
		}
		lock->readers++;
		task->sleep_wait.granted = true;
		kernel_wake(task, by);
	}
	spinners_look(lock);
}

static void wake_line(struct sleep_lock *lock, struct kernel_cpu *by)
{
	struct task *first = lock->line.head;

	if (!first)
		return;
	if (!first->sleep_wait.reads)
		kernel_wake(first, by);
	else if (!lock->owner)
		grant_readers(lock, by);
	else
		lock->handoff |= by->kernel->engine->now - first->waits_since >= RWSEM_HANDOFF_NS;
}

/* The lock is free, or the first in line has it. */
static void let_go(struct sleep_lock *lock)
{
	struct task *next = lock->line.head;

	lock->owner = NULL;
	if (lock->is_mutex && lock->handoff && next) {
		/* still asleep, or spinning; it stays at the head of the line until the wake-up */
		lock->owner = next;
		lock->handoff = false;
	}
	spinners_look(lock);
}

bool sleep_lock_release(struct program_task *task, struct kernel_cpu *cpu, struct sleep_lock *lock)
{
	enum { BEGINS, LETS_GO, WAKES };

	if (task->stage == BEGINS) {
		task->stage = LETS_GO;
		/* a time of its own: what comes next may be user mode */
		if (change_word(task, cpu, lock) && !program_work(task, cpu, 0, WORK_KERNEL))
			return false;
	}
	if (task->stage == LETS_GO) {
		hold(&task->task, lock, lock->owner != &task->task, UINT32_MAX);
		if (lock->owner == &task->task) {
			let_go(lock);
		} else {
			sim_assert(cpu->kernel->engine, lock->readers > 0);
			if (--lock->readers > 0)
				return true;
			spinners_look(lock);
		}
		task->stage = WAKES;
		note(cpu, TRAIL_WAIT_LEAVES, lock->spinners.head != NULL, lock, lock->line.head);
		if (!lock->line.head)
			return true;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	wake_line(lock, cpu);
	return true;
}

/* The writer goes on as a reader, and lets those readers in who are first in line. */
bool sleep_lock_downgrade(struct program_task *task, struct kernel_cpu *cpu,
			  struct sleep_lock *lock)
{
	if (task->stage == 0) {
		sim_assert(cpu->kernel->engine, lock->owner == &task->task);
		change_word(task, cpu, lock);
		lock->owner = NULL;
		lock->readers = 1;
		lock->reads[task->task.owner]++;
		spinners_look(lock);
		task->stage = 1;
		if (!lock->line.head || !lock->line.head->sleep_wait.reads)
			return true;
		if (!program_work(task, cpu, cpu->kernel->costs.futex, WORK_KERNEL))
			return false;
	}
	if (lock->line.head && lock->line.head->sleep_wait.reads)
		grant_readers(lock, cpu);
	return true;
}

void sleep_lock_cpu_off(const struct kernel *kernel, uint32_t index)
{
	for (struct task *task = kernel->spinners; task; task = task->sleep_wait.next_spinner) {
		struct sleep_lock *lock = task->sleep_wait.lock;
		const struct task *before = spinner_before(lock, task);
		const struct task *watched = before ? before : lock->owner;

		if (watched && watched->cpu == index)
			spin_look(task, spin_work(lock));
	}
}
