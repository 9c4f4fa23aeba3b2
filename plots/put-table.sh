#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# put-table.sh - a new table for a page, from standard input
#
#   plots/stacking.sh | plots/put-table.sh docs/placement.md stacking
#
# What stands between the lines "<!-- NAME: ... -->" and "<!-- end of NAME -->" of PAGE is replaced.
set -eu -o pipefail
page=${1:?the page} name=${2:?the name of the table}
table=$(cat)
[ -n "$table" ] || { echo "put-table.sh: no table" >&2; exit 1; }
grep -q "^<!-- $name: " "$page" || { echo "put-table.sh: $page has no $name" >&2; exit 1; }
new=$(TABLE=$table awk -v name="$name" '
	$0 == "<!-- end of " name " -->" { inside = 0 }
	!inside { print }
	index($0, "<!-- " name ": ") == 1 { inside = 1; print ENVIRON["TABLE"] }' "$page")
printf '%s\n' "$new" >"$page"
