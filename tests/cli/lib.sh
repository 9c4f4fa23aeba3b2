# SPDX-License-Identifier: GPL-3.0-or-later
#
# lib.sh - sourced by the .tap scripts; they end with: finish
#
#   run ARG...              runs vcpusim; sets $status, $out and $err (files). Simulations run twice
#   ok NAME COMMAND...      one test: the command succeeds
#   status_is NAME N        the last run ended with status N
#   out_has NAME REGEX      the last run's stdout has a line that matches (extended regex)
#   err_has NAME REGEX      the same for stderr
#   same NAME FILE FILE     equal bytes
#
# $VCPUSIM, $srcdir and $builddir come from make; by hand: VCPUSIM=build/vcpusim srcdir=. bash NAME.tap

: "${VCPUSIM:?is the program to test}" "${srcdir:?is the top of the sources}"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
out=$work/out err=$work/err repeated=$work/again status=0
tests_run=0 simulations=0 differ=

run() {
	"$VCPUSIM" "$@" >"$out" 2>"$err" </dev/null
	status=$?
	case $1 in
	run | compare | validate-against) again "$@" ;;
	esac
}

# Every simulation runs once more, in other memory: finish reports it (kvm-and-guest.md, test 81). Not
# under sanitizers, where it takes a minute: their memory is other anyway, and `make check` has done it.
again() {
	local first=$status second

	[ "${INSTRUMENTED:-no}" = no ] || return 0
	MALLOC_PERTURB_=170 "$VCPUSIM" "$@" >"$repeated" 2>/dev/null </dev/null
	second=$?
	simulations=$((simulations + 1))
	if [ "$first" -ne "$second" ] || ! cmp -s "$out" "$repeated"; then
		differ+="# the second time: vcpusim $* "$'\n'
	fi
}

report() { # RESULT NAME
	tests_run=$((tests_run + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests_run - $2"
		return
	fi
	echo "not ok $tests_run - $2"
	{
		echo "status $status; stdout, stderr:"
		head -n 20 "$out" 2>/dev/null
		head -n 20 "$err" 2>/dev/null
	} | sed 's/^/# /'
}

ok() {
	local name=$1
	shift
	"$@" >/dev/null 2>&1
	report $? "$name"
}

status_is() {
	[ "$status" -eq "$2" ]
	report $? "$1 (status $2)"
}

# Lines that name a file are as long as its path, which is not ours.
fits_140_columns() {
	awk -v path="$srcdir" '!index($0, path) && length > 140 { bad = 1 } END { exit bad || !NR }' "$out"
	report $? "$1 fits 140 columns"
}

out_has() {
	grep -Eq -- "$2" "$out"
	report $? "$1"
}

err_has() {
	grep -Eq -- "$2" "$err"
	report $? "$1"
}

same() {
	cmp -s "$2" "$3"
	report $? "$1"
}

skip() { # NAME REASON
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

finish() {
	if [ "$simulations" -gt 0 ]; then
		[ -z "$differ" ]
		report $? "$simulations commands print the same bytes the second time"
		printf '%s' "$differ"
	fi
	echo "1..$tests_run"
}
