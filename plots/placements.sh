#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# placements.sh - work of dedup by how the vCPUs came to lie: the table of docs/placement.md
#
#   VCPUSIM=build/vcpusim plots/placements.sh [REPLICATIONS [OPTION...]] |
#           plots/put-table.sh docs/placement.md placements
#
# OPTIONs go to every run, e.g. --set run.window=1500000000 for a quicker answer. For each set-up and
# number of VMs a line with pinned vCPUs, then the replications with free ones by their mean number of
# stacked pairs in the window: siblings that are runnable on one pCPU beyond the first, over all VMs.
set -eu -o pipefail
: "${VCPUSIM:=build/vcpusim}"
reps=${1:-40}
shift $(($# > 0))
top=$(cd "$(dirname "$0")/.." && pwd)

# rows VMS SETUP LABEL OPTION...: one line a class of replications; LABEL instead of the classes
rows() {
	local vms=$1 setup=$2 label=$3
	shift 3
	"$VCPUSIM" run "$top/scenarios/dedup-${vms}vm.json" --setup "$setup" --reps "$reps" \
		-j "$(nproc)" --quiet --json "$@" |
		awk -v head="${setup%-*} | $vms" -v label="$label" '
			/^ *"runs": \[/ { runs = 1 }
			!runs { next }
			{ gsub(/[",:]/, ""); now[$1] = $2 }
			# fields come in the order of their names
			$1 == "work_per_pass" { work += now["work"] / now["work_per_pass"] }
			$1 == "stacked" { pairs += now["stacked"] }
			$1 == "shared_start" { start += now["shared_start"] }
			$1 == "shared_end" { end += now["shared_end"] }
			$1 == "window" {
				done(work / now["window"] * 1e9, pairs / now["window"])
				work = pairs = start = end = 0
			}
			function class(pairs, top) {
				if (label) return 0
				for (top = 1; pairs >= top; top *= 2) ;
				return top
			}
			function done(work, pairs, c) {
				c = class(pairs)
				if (!n[c] || work < least[c]) least[c] = work
				if (work > most[c]) most[c] = work
				n[c]++; sum[c] += work; from[c] += start; to[c] += end; beside[c] += pairs
			}
			function line(c, name) {
				printf "| %s | %s | %d | %.2f (%.2f-%.2f) | %.1f | %.1f, %.1f |\n", head, name,
				       n[c], sum[c] / n[c], least[c], most[c], beside[c] / n[c],
				       from[c] / n[c], to[c] / n[c]
			}
			END {
				if (label) line(0, label)
				else for (c = 1; c <= 1024; c *= 2)
					if (n[c]) line(c, c == 1 ? "below 1" : c / 2 " to " c)
			}'
}

echo "| set-up | VMs | stacked pairs | replications | work, passes a second: mean (least-most) | pairs | threads beside a sibling: at the start, at the end |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
for setup in lab default; do
	for vms in 1 2 3 4; do
		echo "$setup, $vms VMs" >&2
		rows "$vms" "$setup-pinned" pinned "$@"
		rows "$vms" "$setup-free" "" "$@"
	done
done
