#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# boosts.sh - the tables of docs/boosts.md, as Markdown on standard output
#
#   VCPUSIM=build/vcpusim plots/boosts.sh [REPLICATIONS [OPTION...]] | plots/put-table.sh docs/boosts.md boosts
#
# OPTIONs go to every run of ebizzy, and pbzip2 is left out: --set vms.workload.set.spin_rate=100000. EBIZZY=boost-ebizzy53 takes
# these scenarios for ebizzy, leaves pbzip2 out, too, and adds ebizzy beside hogs.
# Rates are of one VM; ratios are paired by seed, means of logarithms with 95 % intervals (Student's t).
set -eu -o pipefail
: "${VCPUSIM:=build/vcpusim}"
reps=${1:-12}
shift || true
ebizzy=${EBIZZY:-boost-ebizzy}
pbzip2_too=$([ $# -gt 0 ] || [ "$ebizzy" != boost-ebizzy ] || echo no)
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# rates SCENARIO SETUP FILE [OPTION...]: a line a replication, units of work a second of one VM; of the first kind, if there are two
rates() {
	echo "$1 $2" >&2
	nice "$VCPUSIM" run "$top/scenarios/$1.json" --setup "$2" --reps "$reps" -j "$(nproc)" --quiet --json "${@:4}" |
		awk '
			/"runs": \[/ { runs = 1 }
			!runs { next }
			{ gsub(/[",]/, "") }
			$1 == "name:" { first = first ? first : $2; counts = $2 == first }
			$1 == "work:" && counts { work += $2; vms++ }
			$1 == "work_per_pass:" && counts && $2 { pass = $2 }
			$1 == "window:" { print work / (pass ? pass : 1) / vms / $2 * 1e9; work = vms = 0 }' >"$work/$3"
}

# rate NAME FILE PUBLISHED
rate() {
	awk -v name="$1" -v published="$3" '
		{ n++; sum += $1; squares += $1 * $1 }
		END {
			mean = sum / n; sd = sqrt((squares - n * mean * mean) / (n - 1))
			form = mean < 100 ? "%.3f ± %.3f" : "%.0f ± %.0f"
			printf "| %s | " form " | %s |\n", name, mean, (1.96 + 2.5 / (n - 1)) * sd / sqrt(n), published
		}' "$work/$2"
}

# ratio NAME FILE OF-FILE PUBLISHED SIGN: sign 1 or -1, what the ratio must be told apart from 1 by
ratio() {
	paste "$work/$2" "$work/$3" | awk -v name="$1" -v published="$4" -v sign="$5" '
		{ n++; x = log($1 / $2); sum += x; squares += x * x }
		END {
			mean = sum / n; sd = sqrt(squares > n * mean * mean ? (squares - n * mean * mean) / (n - 1) : 0)
			half = (1.96 + 2.5 / (n - 1)) * sd / sqrt(n)
			off = mean - log(published)
			verdict = sign * (mean - sign * half) > 0 ? "right" : sign * (mean + sign * half) < 0 ? "wrong" : "not shown"
			printf "| %s | %.3g | %.3f (%.3f .. %.3f) | %+.2f | %s, %s |\n", name, published, exp(mean),
				exp(mean - half), exp(mean + half), off, verdict, off * off <= 0.49 ? "within" : "outside"
		}'
}

published=(21443 23520 25040 2800 8000 13600 1800 3100 5400)
for vms in 1 2 3; do
	for setup in before woken kicked; do
		rates "$ebizzy-${vms}vm" "$setup" "$vms-$setup" "$@"
	done
done
pbzip2=()
[ -z "$pbzip2_too" ] || pbzip2=(before pending)
for setup in "${pbzip2[@]}"; do
	rates boost-pbzip2 "$setup" "pbzip2-$setup"
done
hogs=()
[ "$ebizzy" = boost-ebizzy ] || hogs=(before woken before-pv woken-pv)
for setup in "${hogs[@]}"; do
	rates "$ebizzy-hogs" "$setup" "hogs-$setup" "$@"
done
echo "| | a VM does, 1/s | published |"
echo "| --- | --- | --- |"
i=0
for vms in 1 2 3; do
	for setup in before woken kicked; do
		rate "ebizzy, $vms VM$([ "$vms" -eq 1 ] || echo s), \`$setup\`" "$vms-$setup" "${published[i++]}"
	done
done
hogs_published=(1570 4000 1844 5157)
i=0
for setup in "${hogs[@]}"; do
	rate "ebizzy beside hogs, \`$setup\`" "hogs-$setup" "${hogs_published[i++]}"
done
for setup in "${pbzip2[@]}"; do
	rate "pbzip2, 2 VMs, \`$setup\`" "pbzip2-$setup" ""
done
echo
echo "| ratio | published | here | logarithm is off by | sign, bound of 0.7 |"
echo "| --- | --- | --- | --- | --- |"
ratio "ebizzy, 1 VM, \`woken\` / \`before\`" 1-woken 1-before 1.0969 1
ratio "ebizzy, 2 VMs" 2-woken 2-before 2.857 1
ratio "ebizzy, 3 VMs" 3-woken 3-before 1.722 1
ratio "ebizzy, 1 VM, \`kicked\` / \`woken\`" 1-kicked 1-woken 1.0646 1
ratio "ebizzy, 2 VMs" 2-kicked 2-woken 1.7 1
ratio "ebizzy, 3 VMs" 3-kicked 3-woken 1.742 1
ratio "ebizzy \`before\`, 2 VMs / 1 VM" 2-before 1-before 0.1306 -1
ratio "ebizzy \`before\`, 3 VMs / 1 VM" 3-before 1-before 0.0839 -1
if [ ${#hogs[@]} -gt 0 ]; then
	ratio "ebizzy beside hogs, \`woken\` / \`before\`" hogs-woken hogs-before 2.548 1
	ratio "ebizzy beside hogs, \`woken-pv\` / \`before-pv\`" hogs-woken-pv hogs-before-pv 2.797 1
fi
[ -z "$pbzip2_too" ] || ratio "pbzip2, \`pending\` / \`before\`" pbzip2-pending pbzip2-before 1.1 1
