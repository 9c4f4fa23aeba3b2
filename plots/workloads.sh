#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# workloads.sh - docs/workloads.md: what each profile does alone, beside published figures
#
#   VCPUSIM=build/vcpusim plots/workloads.sh >docs/workloads.md
#   VCPUSIM=build/vcpusim plots/workloads.sh PROFILE...             only these, to look at
#
# plots/workloads-head.md is the page's beginning, plots/workloads.dat holds the published figures.
set -eu -o pipefail
: "${VCPUSIM:=build/vcpusim}"
here=$(dirname "$0")
data=$here/workloads.dat
scenario=$here/../scenarios/compute-1vm.json
host=(--set host.housekeeping.per_pcpu=0 --set run.warmup=2000000000 --reps 5
	--set vms.guest.kernel=6.18-stable --set vms.guest.hz=250 --set vms.guest.preemption=none)

# simulate PROFILE VCPUS [OPTION...]: one line a metric, "name value"
simulate() {
	local profile=$1 vcpus=$2 window=3000000000
	shift 2
	case $profile in
	hackbench) window=500000000 ;;
	kbuild | pbzip2) window=40000000000 ;;
	*-native) window=60000000000 ;;
	esac
	"$VCPUSIM" run "$scenario" --setup default-pinned "${host[@]}" --quiet --json \
		--set "run.window=$window" --set "vms.workload.profile=$profile" \
		--set "vms.vcpus=$vcpus" --set "host.topology.cores=$vcpus" "$@" |
		awk '/^ +"[-.a-z0-9]+": [{]/ { name = $1; gsub(/[":]/, "", name) }
			/"mean":/ { sub(/,/, "", $2); print name, $2 }'
}

# figures VCPUS: from such lines those of the page
figures() {
	awk -v vcpus="$1" '
	{ value[$1] = $2 + 0 }
	function share(name) { return value["account." name] }
	END {
		spins = share("spin-lock") + share("spin-ipi") + share("spin-pv") + share("spin-tas") + share("spin-mutex") + share("spin-rwsem")
		kernel = share("guest-kernel") + spins
		cpu = kernel + share("guest-user") + share("spin-user")
		print "kernel-share", kernel / cpu
		rate = 1 / (cpu * vcpus)
		print "user-mutexes", value["rate.user-mutexes"] * rate
		print "spin-locks", value["rate.spin-locks"] * rate
		print "contended", value["rate.locks-contended"] * rate
		print "shootdowns", value["rate.shootdowns"] * rate
		print "resched-ipis", value["rate.resched-ipis"] * rate
		print "switches", value["rate.guest-switches"] * rate
		print "wakeups", value["rate.guest-wakeups"] * rate
		print "asleep", share("idle") + share("halt-poll")
		print "pass", value["latency.pass.mean"] / 1e9
	}'
}

# table PROFILE: lines of figures of 2 and of 16 vCPUs on descriptors 3 and 4
table() {
	awk -v profile="$1" '
	function number(x) { return x >= 1000 ? sprintf("%.0f", x) : sprintf("%.3g", x) }
	function cell(x, row) { return x == "" || (row == "pass" && x == 0) ? "" : number(x) }
	function ratio(x, y) { return x == "" || x == "nan" || y == 0 ? "" : sprintf("%.2f", x / y) }
	BEGIN {
		split("kernel-share,user-mutexes,spin-locks,contended,shootdowns,resched-ipis,switches,wakeups,asleep,pass", key, ",")
		split("kernel share of CPU time,user mutexes taken,kernel spin locks taken,... contended,TLB shootdowns with IPIs,rescheduling IPIs,context switches,wake-ups,asleep,a pass (s)", label, ",")
	}
	FILENAME == ARGV[1] { if ($1 == profile && $2 != "set") published[$2] = $0; next }
	FILENAME == ARGV[2] { two[$1] = $2; next }
	{ many[$1] = $2 }
	END {
		print "| | published | 2 vCPUs | x | 16 vCPUs | x |"
		print "| --- | --- | ---: | ---: | ---: | ---: |"
		for (i = 1; i in key; i++) {
			known = ""
			value = 0
			if (key[i] in published) {
				split(published[key[i]], word, " ")
				value = word[3] + 0
				known = number(value) " (" number(word[4] + 0) ".." number(word[5] + 0) ") " word[6]
			}
			a = two[key[i]]; b = many[key[i]]
			if (known == "" && a + 0 == 0 && b + 0 == 0)
				continue
			# a pass was published for 16 vCPUs
			printf "| %s | %s | %s | %s | %s | %s |\n", label[i], known, cell(a, key[i]),
				key[i] == "pass" ? "" : ratio(a, value), cell(b, key[i]), ratio(b, value)
		}
	}' "$data" "$2" "$3"
}

[ $# -gt 0 ] || set -- spinner sleeper cyclictest postmark ebizzy dbench dbench-tmpfs hackbench server server-open \
	pbzip2 dedup dedup-native vips vips-native ferret x264 blackscholes streamcluster bodytrack kbuild

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat "$here/workloads-head.md"
for profile in "$@"; do
	echo "$profile" >&2
	options=()
	while read -r name what set; do
		[ "$name $what" = "$profile set" ] && options+=(--set "vms.workload.set.$set")
	done < <(grep -E '^[a-z0-9-]+ set ' "$data")
	simulate "$profile" 2 "${options[@]}" | figures 2 >"$work/two"
	simulate "$profile" 16 | figures 16 >"$work/many"
	printf '\n## %s\n\n' "$profile"
	"$VCPUSIM" workloads "$profile" | awk '
		NR == 1 { sub(/^[^:]*: /, ""); print $0 "." }
		/^shape: / { sub(/^shape: /, ""); sub(/:.*/, ""); printf "Shape `%s`", $0 }
		/^work: / { printf ", %s; ", $2 == "steady;" ? "steady" : "terminating" }
		/^sha256: / { printf "parameters sha256 %.16s.\n", $2 }
		/^  flush_rate / && $2 > 0 { printf "Flush requests a CPU-second: %s, plausible %s.\n", $2, $4 }'
	sed -nE 's/^\t"notes": "(.*)",$/\1/p' "$here/../workloads/profiles/$profile.json"
	[ ${#options[@]} -eq 0 ] || echo "With 2 vCPUs: ${options[1]#vms.workload.set.}."
	echo
	table "$profile" "$work/two" "$work/many"
done
