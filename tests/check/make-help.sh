#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `make help` has a line for each target of ours, and no line for one that there is not.
cd "$top_srcdir" || exit 1
echo 1..2
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
