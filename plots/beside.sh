#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# beside.sh - gains with pinned and with free vCPUs side by side, as Markdown on standard output
#
#   plots/beside.sh docs/ablation.dat docs/ablation-free.dat
#
# Both files are of plots/ablation.sh. One line a policy and number of VMs.
set -eu -o pipefail
pinned=${1:?the table of pinned vCPUs} free=${2:?the table of free ones}

# "20 pairs --set ..." of the first line
made() { sed -n '1s/.*kernel, //p' "$1"; }
printf 'Pinned: `%s`; free: `%s`.\n\n' "$(made "$pinned")" "$(made "$free")"

awk '
	/^#/ || NF < 6 { next }
	{
		split($1, setup, "-")
		gain[setup[1], setup[2], $2, $3] = sprintf("%+.0f (%+.0f..%+.0f)", $4, $5, $6)
		if (!seen[$2, $3]++) { vms[++rows] = $2; policy[rows] = $3 }
	}
	function cell(set, affinity, row, found) {
		found = gain[set, affinity, vms[row], policy[row]]
		return found == "" ? "-" : found
	}
	END {
		print "| VMs | policy | lab, pinned | lab, free | default, pinned | default, free |"
		print "| --- | --- | --- | --- | --- | --- |"
		for (i = 1; i <= rows; i++)
			printf "| %s | `%s` | %s | %s | %s | %s |\n", vms[i], policy[i],
			       cell("lab", "pinned", i), cell("lab", "free", i),
			       cell("default", "pinned", i), cell("default", "free", i)
	}' "$pinned" "$free"
