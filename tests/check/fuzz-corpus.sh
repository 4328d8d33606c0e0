#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fuzz target takes every file that it begins with: its committed corpus, where what once crashed it stays fixed,
# and the data of unit tests that tests/fuzz/seeds adds.
n=0
for corpus in "$top_srcdir"/tests/fuzz/corpus-*/; do
    name=$(basename "$corpus")
    program=$top_builddir/tests/fuzz/replay-${name#corpus-}
    [ -e "$program" ] || [ -e "$top_srcdir/tests/fuzz/fuzz-${name#corpus-}.c" ] || continue
    n=$((n + 1))
    seeds=$("$top_srcdir/tests/fuzz/seeds" "${name#corpus-}")
    # shellcheck disable=SC2086
    out=$("$program" $seeds 2>&1) || { printf '%s\n' "$out" | tail -20 | sed 's/^/# /'; printf 'not '; }
    echo "ok $n - $name, $(find $seeds -type f | wc -l) files"
done
[ "$n" -gt 0 ] && echo "1..$n" || echo "1..0 # SKIP no corpus"
