#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The README's table of keys is the property table: same keys in the same order, same defaults, the same
# choices, and the same ones marked secret.
table=$top_srcdir/shared/gre-property.c
readme=$top_srcdir/README.md
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# KEY|DEFAULT|secret or nothing|CHOICES, a line for each
awk '
    function quoted(pattern) { # the strings in the first match, with ", " between
        if (!match(row, pattern)) return ""
        text = substr(row, RSTART, RLENGTH)
        list = ""
        while (match(text, /"[^"]*"/)) {
            list = list (list == "" ? "" : ", ") substr(text, RSTART + 1, RLENGTH - 2)
            text = substr(text, RSTART + RLENGTH)
        }
        return list
    }
    /^\{ \.name = "/ { row = ""; inside = 1 }
    inside { row = row " " $0 }
    inside && /\},$/ {
        inside = 0
        print quoted("\\.name = \"[^\"]*\"") "|" quoted("\\.default_value = \"[^\"]*\"") "|" \
            (row ~ /\.secret = TRUE/ ? "secret" : "") "|" quoted("CHOICE\\([^)]*\\)")
    }' "$table" >"$work/code"

# Choices count where the code has some: the README words other values freely.
awk -F ' *\\| *' -v code="$work/code" '
    BEGIN {
        while ((getline line <code) > 0) {
            split(line, part, "|")
            choices[part[1]] = part[4]
        }
    }
    /^<!-- keys:/ { inside = 1; next }
    inside && /^$/ { exit }
    inside && $2 ~ /^`/ {
        name = $2
        gsub(/`/, "", name)
        sub(/ *$/, "", $4)
        print name "|" $4 "|" ($5 ~ /\*\*secret\*\*/ ? "secret" : "") "|" (choices[name] == "" ? "" : $3)
    }' "$readme" >"$work/readme"

echo 1..2
[ "$(wc -l <"$work/code")" -ge 40 ] || printf 'not '
echo "ok 1 - the property table is read"
difference=$(diff "$work/code" "$work/readme") || {
    printf '%s\n' "$difference" | sed 's/^/# /;s/^# </# property table:/;s/^# >/# README:/'
    printf 'not '
}
echo "ok 2 - README.md has the same keys, defaults and choices"
