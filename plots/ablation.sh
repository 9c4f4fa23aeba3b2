#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ablation.sh - the four switches of the v2 series and the yardsticks, for dedup in 1 to 4 VMs
#
#   VCPUSIM=build/vcpusim plots/ablation.sh [PAIRS [OPTION...]] >docs/ablation.dat
#   gnuplot -e "data='docs/ablation.dat'" plots/ablation.gp >docs/ablation.svg
#
# The same with free vCPUs, and both side by side in docs/placement.md:
#
#   AFFINITY=free VCPUSIM=build/vcpusim plots/ablation.sh [PAIRS [OPTION...]] >docs/ablation-free.dat
#   gnuplot -e "data='docs/ablation-free.dat'; affinity='free'" plots/ablation.gp >docs/ablation-free.svg
#   plots/beside.sh docs/ablation.dat docs/ablation-free.dat | plots/put-table.sh docs/placement.md beside
#
# OPTIONs go to every compare, e.g. --set run.window=1500000000 for a quicker answer.
# One line a candidate: set-up, VMs, policy, gain in per cent, its 95 % interval. Progress on stderr.
set -eu -o pipefail
: "${VCPUSIM:=build/vcpusim}"
: "${AFFINITY:=pinned}"
pairs=${1:-20}
shift $(($# > 0))
top=$(cd "$(dirname "$0")/.." && pwd)
policies=(semantics-v2 semantics-v2:debooster=0 semantics-v2:ipi_tracking=0
	semantics-v2:strict_first_round=0 semantics-v2:relaxed_round=0
	oracle-target oracle-honoured ple-off)
candidates=()
for policy in "${policies[@]}"; do candidates+=(--candidate "$policy"); done

echo "# set-up VMs policy gain low high: per cent over the unpatched kernel, $pairs pairs $*"
for setup in "lab-$AFFINITY" "default-$AFFINITY"; do
	for vms in 1 2 3 4; do
		echo "$setup, $vms VMs" >&2
		"$VCPUSIM" compare "$top/scenarios/dedup-${vms}vm.json" --setup "$setup" --quiet \
			--baseline none "${candidates[@]}" --reps "$pairs" -j "$(nproc)" "$@" |
			awk -v setup="$setup" -v vms="$vms" -v names="${policies[*]}" '
			/^  gain over the baseline/ { sub(/.*baseline +% +(baseline)?/, ""); ngain = split($0, gain) }
			setup && /^  95 % interval/ {
				sub(/.*% interval +% +/, ""); gsub(/\.\./, " "); split($0, bound)
				split(names, name)
				for (i = 1; i <= ngain; i++)
					print setup, vms, name[i], gain[i], bound[2 * i - 1], bound[2 * i]
				setup = ""
			}'
	done
done
