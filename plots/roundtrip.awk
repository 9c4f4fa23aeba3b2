# SPDX-License-Identifier: GPL-3.0-or-later
#
# roundtrip.awk - what a recording says, counted apart from the importer
#
# Reads perf script text. Prints the tasks' CPU time as the switches say it and the time from the first to
# the last line, in us, then how often a task blocked, was woken, and flushed TLBs by IPI.

function microseconds(text)
{
	sub(/:$/, "", text)
	return int(text * 1e6 + 0.5)
}

function field(key, i)
{
	for (i = 1; i <= NF; i++)
		if (index($i, key "=") == 1)
			return substr($i, length(key) + 2)
	return ""
}

match($0, /\[[0-9]+\] +[0-9.]+:/) {
	split(substr($0, RSTART, RLENGTH), word, " ")
	cpu = word[1]
	now = microseconds(word[2])
	if (!begin)
		begin = now
	if (!(cpu in since)) { # who runs before the first switch stands in the first line
		words = split(substr($0, 1, RSTART - 1), before, " ")
		since[cpu] = now
		task[cpu] = before[words]
	}
}

/ sched:sched_switch: / {
	if (task[cpu] != 0)
		used += now - since[cpu]
	since[cpu] = now
	task[cpu] = field("next_pid")
	if (field("prev_pid") != 0 && field("prev_state") !~ /^R/)
		blocked++
}

/ sched:sched_(waking|wakeup_new): / { woken++ }
/ tlb:tlb_flush: .*remote IPI send/ { flushed++ }

END {
	for (cpu in since)
		if (task[cpu] != 0)
			used += now - since[cpu]
	print used, now - begin, blocked + 0, woken + 0, flushed + 0
}
