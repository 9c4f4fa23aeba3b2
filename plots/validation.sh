#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# validation.sh - docs/validation.md: predictions beside measurements of real kernels and of real KVM
#
#   VCPUSIM=build/vcpusim plots/validation.sh FOLDER... >docs/validation.md
#
# The folders hold the files of measurements: tcg-*.json and host-*.json of schedulers, kvm-*.json of KVM. The
# emulated kernels come first. plots/validation-head.md and validation-kvm-head.md begin the parts,
# validation-notes and validation-kvm-notes hold the reasons of misses. The last part, imported recordings, is
# that of roundtrip.sh.
set -eu -o pipefail
export VCPUSIM=${VCPUSIM:-build/vcpusim}
: "${1:?the folders of the measurements}"
here=$(dirname "$0")
shopt -s nullglob

files=() kvm=() refused=()
take() { # FILE...: those that are not refused, into files
	local file status said
	for file in "$@"; do
		status=0
		said=$("$VCPUSIM" validate-against --phases 1 "$file" 2>&1 >/dev/null) || status=$?
		if [ "$status" -gt 1 ]; then
			refused+=("* ${said#"${file%/*}"/}")
		else
			files+=("$file")
		fi
	done
}

for prefix in tcg host kvm; do
	for folder in "$@"; do
		take "$folder/$prefix"-*.json
	done
	if [ $prefix = host ]; then
		schedulers=("${files[@]}") files=()
	fi
done
kvm=("${files[@]}")

page() { # NOTES FILE...
	local status=0
	"$VCPUSIM" validate-against --markdown --notes "$here/$1" "${@:2}" || status=$?
	[ "$status" -le 1 ]
}

cat "$here/validation-head.md"
echo
if [ ${#refused[@]} -gt 0 ]; then
	printf 'Refused:\n\n'
	printf '%s\n' "${refused[@]}"
	echo
fi
if [ ${#schedulers[@]} -gt 0 ]; then
	page validation-notes "${schedulers[@]}"
fi
if [ ${#kvm[@]} -gt 0 ]; then
	echo
	cat "$here/validation-kvm-head.md"
	echo
	"$here/repeatability.py" "${kvm[@]}"
	page validation-kvm-notes "${kvm[@]}"
fi
echo
"$here/roundtrip.sh"
