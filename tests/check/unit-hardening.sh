#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd's own judgement of the units: exposure at most 2.6 (0.5 of it is what reading keys as another user takes, 0.1
# the socket for ICMP), of the one that writes figures less, and nothing in them that systemd doesn't know.
command -v "$SYSTEMD_ANALYZE" >/dev/null &&
    "$SYSTEMD_ANALYZE" security --help 2>/dev/null | grep -q -e --offline || {
    echo "1..0 # SKIP no systemd-analyze here that looks at a file"
    exit 0
}

n=0
echo 1..4
while read -r unit most; do
    out=$("$SYSTEMD_ANALYZE" security --offline=true --threshold="$most" --no-pager "$top_builddir/data/$unit" 2>&1)
    status=$?
    printf '%s\n' "$out" | tail -1 | sed 's/^/# /'
    [ $status -eq 0 ] || { printf '%s\n' "$out" | grep -F '✗' | sed 's/^/# /'; printf 'not '; }
    n=$((n + 1))
    echo "ok $n - $unit: exposure at most $most (of 100)"

    unknown=$(printf '%s\n' "$out" | grep -iE 'unknown (key|section|lvalue)|failed to parse|ignoring')
    [ -z "$unknown" ] || { printf '%s\n' "$unknown" | sed 's/^/# /'; printf 'not '; }
    n=$((n + 1))
    echo "ok $n - systemd understands every line of $unit"
done <<END
nm-gre.service 26
nm-gre-metrics.service 20
END
