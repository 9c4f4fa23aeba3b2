#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# validation.sh - docs/validation.md: predictions beside measurements of real kernels
#
#   VCPUSIM=build/vcpusim plots/validation.sh FOLDER >docs/validation.md
#
# FOLDER holds the files of measurements (tcg-*.json, host-*.json); the emulated kernels come first.
# plots/validation-head.md is the page's beginning, plots/validation-notes the reasons of misses.
set -eu -o pipefail
: "${VCPUSIM:=build/vcpusim}"
folder=${1:?the folder of the measurements}
here=$(dirname "$0")

files=() refused=()
for file in "$folder"/tcg-*.json "$folder"/host-*.json; do
	status=0
	said=$("$VCPUSIM" validate-against --phases 1 "$file" 2>&1 >/dev/null) || status=$?
	if [ "$status" -gt 1 ]; then
		refused+=("* ${said#"$folder"/}")
	else
		files+=("$file")
	fi
done

cat "$here/validation-head.md"
echo
if [ ${#refused[@]} -gt 0 ]; then
	printf 'Refused:\n\n'
	printf '%s\n' "${refused[@]}"
	echo
fi
status=0
"$VCPUSIM" validate-against --markdown --notes "$here/validation-notes" "${files[@]}" || status=$?
exit $((status > 1 ? status : 0))
