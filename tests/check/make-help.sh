#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `make help` has a line for each target of ours, and no line for one that there is not; the names that targets take
# are checked before anything is built or installed.
cd "$top_srcdir" || exit 1
echo 1..5
fragments="Makefile.am $(find . -maxdepth 3 -name '*.inc' ! -path './_build/*')"
# shellcheck disable=SC2086
told=$(sed -n 's/^## make \([a-z-]*\).*/\1/p' $fragments | sort -u)
# What only another target needs: make update-golden and make unit have it done.
inner='^(unit-names|update-man|fuzzers)$'
# shellcheck disable=SC2086
ours=$(sed -n 's/^\.PHONY: *//p' $fragments | tr ' ' '\n' | grep -vE "$inner" | sort -u)

missing=
for target in $ours; do
    printf '%s\n' "$told" | grep -qx "$target" || missing="$missing $target"
done
[ -n "$ours" ] && [ -n "$told" ] || missing="$missing all"
[ -z "$missing" ] || printf '# without a line "## make TARGET: …":%s\nnot ' "$missing"
echo "ok 1 - make help lists every target of ours"

unknown=
for target in $told; do
    grep -qE "^$target:|^\.PHONY:.* $target( |\$)" "$top_builddir/Makefile" || unknown="$unknown $target"
done
[ -z "$unknown" ] || printf '# listed, and no target:%s\nnot ' "$unknown"
echo "ok 2 - every target that make help lists exists"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=2
# Without make's own variables, it is a make of its own.
refuses() { # TEXT ARGUMENT…: make must fail, and say TEXT
    n=$((n + 1)) text=$1
    shift
    if env -u MAKEFLAGS -u MAKELEVEL "${MAKE:-make}" -C "$top_builddir" "$@" >"$work/said" 2>&1 ||
        ! grep -qF "$text" "$work/said"; then
        sed 's/^/# /' "$work/said"
        printf 'not '
    fi
    echo "ok $n - make $* says \"$text\""
}
refuses 'make unit T=NAME, where NAME is one of: ' unit T=no-such-test
refuses 'make unit T=property: there is no case "typo"; the cases are:' unit T=property CASE=typo
refuses 'make scenario: no scenario begins with "nosuch"; there are:' scenario S=nosuch
