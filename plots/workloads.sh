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
	dedup-native | vips-native) window=$((vcpus == 2 ? 60 : 15))000000000 ;;
	ferret-native) window=$((vcpus == 2 ? 100 : 15))000000000 ;;
	streamcluster-native) window=$((vcpus == 2 ? 20 : 120))000000000 ;;
	*-native) window=$((vcpus == 2 ? 20 : 60))000000000 ;;
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

# table PROFILE: from the figures of 2 and of 16 vCPUs in two files
table() {
	awk -v profile="$1" '
	function number(x) { return x >= 1000 ? sprintf("%.0f", x) : sprintf("%.3g", x) }
	function cell(x, row) { return x == "" || (row == "pass" && x == 0) ? "" : number(x) }
	# the published line of a column: value, low, high, basis
	function line(row, vcpus) { return ((row, vcpus) in published) ? published[row, vcpus] : published[row, ""] }
	function ratio(x, row, vcpus,   word) {
		split(line(row, vcpus), word, " ")
		if (x == "" || x == "nan" || line(row, vcpus) == "")
			return ""
		if (x < word[2] * 0.995 || x > word[3] * 1.005)
			outside = 1
		return word[1] + 0 ? sprintf("%.2f", x / word[1]) : ""
	}
	function text(row, vcpus, what,   word) {
		if (!((row, vcpus) in published))
			return ""
		split(published[row, vcpus], word, " ")
		return what number(word[1] + 0) " (" number(word[2] + 0) ".." number(word[3] + 0) ") " word[4]
	}
	function both(a, b) { return a != "" && b != "" ? a "; " b : a b }
	BEGIN {
		split("kernel-share,user-mutexes,spin-locks,contended,shootdowns,resched-ipis,switches,wakeups,asleep,pass", key, ",")
		split("kernel share of CPU time,user mutexes taken,kernel spin locks taken,... contended,TLB shootdowns with IPIs,rescheduling IPIs,context switches,wake-ups,asleep,a pass (s)", label, ",")
	}
	FILENAME == ARGV[1] && $2 == "why" {
		if ($1 == profile || ($1 == "*" && !($3 in why))) {
			row = $3
			sub(/^[^ ]+ why [^ ]+ /, "")
			why[row] = $0
		}
		next
	}
	FILENAME == ARGV[1] {
		split($1, of, "@")
		if (of[1] == profile && $2 != "set")
			published[$2, of[2]] = $3 " " $4 " " $5 " " $6
		next
	}
	FILENAME == ARGV[2] { two[$1] = $2; next }
	{ many[$1] = $2 }
	END {
		print "| | published | 2 vCPUs | x | 16 vCPUs | x | why |"
		print "| --- | --- | ---: | ---: | ---: | ---: | --- |"
		for (i = 1; i in key; i++) {
			row = key[i]
			known = both(text(row, "", ""), both(text(row, 2, "2: "), text(row, 16, "16: ")))
			a = two[row]; b = many[row]
			if (known == "" && a + 0 == 0 && b + 0 == 0)
				continue
			outside = 0
			# a pass was published for 16 vCPUs
			first = row == "pass" ? "" : ratio(a, row, 2)
			second = ratio(b, row, 16)
			printf "| %s | %s | %s | %s | %s | %s | %s |\n", label[i], known, cell(a, row), first,
				cell(b, row), second, !outside ? "" : row in why ? why[row] : "not known"
		}
	}' "$data" "$2" "$3"
}

[ $# -gt 0 ] || set -- spinner sleeper cyclictest postmark ebizzy ebizzy-5.3 dbench dbench-tmpfs hackbench server server-open \
	pbzip2 dedup dedup-native vips vips-native ferret ferret-native x264 x264-native \
	blackscholes blackscholes-native streamcluster streamcluster-native bodytrack bodytrack-native kbuild

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat "$here/workloads-head.md"
for profile in "$@"; do
	echo "$profile" >&2
	options=()
	while read -r name what set; do
		[ "$name $what" = "$profile set" ] && options+=(--set "vms.workload.set.$set")
	done < <(grep -E '^[a-z0-9.-]+ set ' "$data")
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
