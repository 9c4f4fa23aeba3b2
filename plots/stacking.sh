#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# stacking.sh - the tables of stacked vCPUs in docs/placement.md, as Markdown on standard output
#
#   VCPUSIM=build/vcpusim plots/stacking.sh [REPLICATIONS] | plots/put-table.sh docs/placement.md stacking
#
# Means in per cent with 95 % intervals (Student's t). First the set-ups of scenarios/stacking-*.json,
# then one set-up from other beginnings.
set -eu -o pipefail
: "${VCPUSIM:=build/vcpusim}"
reps=${1:-200}
top=$(cd "$(dirname "$0")/.." && pwd)
measures=(stacked-time stacked-any stacked-vcpus)

# cells VMS SETUP MEASURE... -- [OPTION...]: one table cell a measure
cells() {
	local vms=$1 setup=$2 wanted=()
	shift 2
	while [ "$1" != -- ]; do
		wanted+=("$1")
		shift
	done
	shift
	"$VCPUSIM" run "$top/scenarios/stacking-${vms}vm.json" --setup "$setup" --reps "$reps" \
		-j "$(nproc)" --quiet --json "$@" |
		awk -v names="${wanted[*]}" '
			BEGIN { wanted = split(names, name) }
			/^ *"[-.a-z0-9]+": \{/ { gsub(/[": {]/, ""); here = $0 }
			/^ *"(mean|sd|n)": / { gsub(/[",:]/, ""); value[here, $1] = $2 }
			function cell(metric, n, half) {
				n = value[metric, "n"]
				# quantile of the t distribution, to 0.01 from 10 degrees of freedom on
				half = (1.96 + 2.5 / (n - 1)) * value[metric, "sd"] / sqrt(n)
				return sprintf(" %.1f ± %.1f |", 100 * value[metric, "mean"], 100 * half)
			}
			END { for (i = 1; i <= wanted; i++) printf "%s", cell(name[i]) }'
}

published=(5.564 43.127 45.932)
echo "| set-up | VMs | published | a VM is stacked | any VM is | a vCPU is beside a sibling |"
echo "| --- | --- | --- | --- | --- | --- |"
for setup in cfs cfs-one-llc eevdf; do
	for affine in "" -no-affine; do
		for vms in 1 2 3; do
			echo "$setup$affine, $vms VMs" >&2
			echo "| \`$setup$affine\` | $vms | ${published[vms - 1]} |$(cells "$vms" "$setup$affine" "${measures[@]}" --)"
		done
	done
done
echo
echo "| threads begin | loads begin within | \`cfs\`, 2 VMs: a VM | a vCPU | 3 VMs: a VM | a vCPU |"
echo "| --- | --- | --- | --- | --- | --- |"
for initial in random fork in-order; do
	for spread in 0.1 1 10; do
		echo "initial $initial, spread $spread s" >&2
		row="| \`$initial\` | $spread s |"
		for vms in 2 3; do
			row+=$(cells "$vms" cfs stacked-time stacked-vcpus -- \
				--set "vms.initial=$initial" \
				--set "vms.phase_spread=$(awk "BEGIN { printf \"%.0f\", $spread * 1e9 }")")
		done
		echo "$row"
	done
done
