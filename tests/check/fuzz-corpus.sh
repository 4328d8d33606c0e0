#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fuzz target takes every file of its committed corpus: what once crashed it stays fixed.
n=0
for corpus in "$top_srcdir"/tests/fuzz/corpus-*/; do
    name=$(basename "$corpus")
    program=$top_builddir/tests/fuzz/replay-${name#corpus-}
    [ -e "$program" ] || [ -e "$top_srcdir/tests/fuzz/fuzz-${name#corpus-}.c" ] || continue
    n=$((n + 1))
    out=$("$program" "$corpus" 2>&1) || { printf '%s\n' "$out" | tail -20 | sed 's/^/# /'; printf 'not '; }
    echo "ok $n - $name, $(ls "$corpus" | wc -l) files"
done
[ "$n" -gt 0 ] && echo "1..$n" || echo "1..0 # SKIP no corpus"
