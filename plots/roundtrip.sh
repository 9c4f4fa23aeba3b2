#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# roundtrip.sh - recordings of a real machine, imported and replayed: the last part of docs/validation.md
#
#   VCPUSIM=build/vcpusim plots/roundtrip.sh
#
# The recordings are those of tests/cli/ftrace; roundtrip.awk counts what they say apart from the importer.
set -eu -o pipefail
: "${VCPUSIM:=build/vcpusim}"
here=$(dirname "$0")
ftrace=$here/../tests/cli/ftrace
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# replay WINDOW: alone on two vCPUs on two pCPUs, for so many us
replay() {
	"$VCPUSIM" run "$here/../scenarios/compute-1vm.json" --setup lab-pinned -n 1 --seed 1 --quiet --json \
		--set run.warmup=0 --set "run.window=${1}000" --set host.topology.cores=2 \
		--set host.housekeeping.per_pcpu=0 --set vms.vcpus=2 --set vms.phase_spread=0 \
		--set vms.start=together --set "vms.workload.trace=$work/x.trace" >"$work/run"
}

waits() { # that are over at the end of the run
	awk -F '[:,]' '/"work": / { print $2 + 0; exit }' "$work/run"
}

cpu_time() { # us
	awk -F '[:,]' '/"guest-user": / && !user { user = $2 } /"guest-kernel": / && !kernel { kernel = $2 }
		END { printf "%.0f\n", (user + kernel) / 1000 }' "$work/run"
}

# last_wait WAITS MOST: the shortest window, in tenths of ms, at whose end all waits are over
last_wait() {
	local low=0 high=$2 middle
	while [ $((high - low)) -gt 1 ]; do
		middle=$(((low + high) / 2))
		replay "${middle}00"
		if [ "$(waits)" -ge "$1" ]; then high=$middle; else low=$middle; fi
	done
	echo "$high"
}

row() { # RECORDING PROGRAM
	local used total blocked woken flushed put sleep flush waits cpu last
	gzip -dc "$ftrace/$1.perf.txt.gz" >"$work/text"
	read -r used total blocked woken flushed < <(awk -f "$here/roundtrip.awk" "$work/text")
	"$VCPUSIM" trace import "$ftrace/$1.perf.txt.gz" -o "$work/x.trace" >"$work/report"
	put=$(grep -cE '^(put|join) ' "$work/x.trace" || true)
	sleep=$(awk '/wake-up by an interrupt|wake-up of a task that was awake/ { n += $1 } END { print n + 0 }' "$work/report")
	flush=$(grep -c '^shootdown ' "$work/x.trace" || true)
	replay $((total * 4))
	waits=$(waits) cpu=$(cpu_time)
	last=$(last_wait "$blocked" $((total / 25)))
	awk -v program="$2" -v used="$used" -v cpu="$cpu" -v total="$total" -v last="$last" \
		-v waits="$blocked / $(grep -c '^work ' "$work/x.trace") / $waits" \
		-v wakes="$woken / $((put + sleep))" -v flushes="$flushed / $flush" 'BEGIN {
		printf "| %s | %.1f | %.1f, %+.1f %% | %.1f | %.1f, %+.1f %% | %s | %s | %s |\n", program,
			used / 1000, cpu / 1000, (cpu / used - 1) * 100,
			total / 1000, last / 10, (last * 100 / total - 1) * 100, waits, wakes, flushes
	}'
}

cat "$here/roundtrip-head.md"
row pipe "perf bench sched pipe -l 150"
row messaging "perf bench sched messaging -g 1 -l 4"
row shell "a shell loop of 8 expr, and a sleep"
row forks "a shell loop of 10 pipelines that it forks and waits for"
