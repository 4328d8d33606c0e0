#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd's own judgement of the unit: exposure at most 2.5 (0.5 of it is
# what reading keys as another user takes), and nothing in it that systemd doesn't know.
unit=$top_builddir/data/nm-gre.service
command -v "$SYSTEMD_ANALYZE" >/dev/null &&
    "$SYSTEMD_ANALYZE" security --help 2>/dev/null | grep -q -e --offline || {
    echo "1..0 # SKIP no systemd-analyze here that looks at a file"
    exit 0
}

echo 1..2
out=$("$SYSTEMD_ANALYZE" security --offline=true --threshold=25 --no-pager "$unit" 2>&1)
status=$?
printf '%s\n' "$out" | tail -1 | sed 's/^/# /'
[ $status -eq 0 ] || { printf '%s\n' "$out" | grep -F '✗' | sed 's/^/# /'; printf 'not '; }
echo "ok 1 - exposure at most 2.5"

unknown=$(printf '%s\n' "$out" | grep -iE 'unknown (key|section|lvalue)|failed to parse|ignoring')
[ -z "$unknown" ] || { printf '%s\n' "$unknown" | sed 's/^/# /'; printf 'not '; }
echo "ok 2 - systemd understands every line"
