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

cat "$here/validation-head.md"
echo
status=0
"$VCPUSIM" validate-against --markdown --notes "$here/validation-notes" \
	"$folder"/tcg-*.json "$folder"/host-*.json || status=$?
exit $((status > 1 ? status : 0))
