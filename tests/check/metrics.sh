#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The figures as Prometheus's own tool reads them (test-metrics compares these files with the program's output), the
# alerts on them, and that contrib/ asks for no figure that there is not.
cd "$top_srcdir" || exit 1
export LC_ALL=C.UTF-8
. tests/check/collect

# --- names
cat tests/data/metrics/*.prom | sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' | sort -u >"$work/there"
[ "$(wc -l <"$work/there")" -ge 25 ] || echo "only $(wc -l <"$work/there") figures found" >"$work/wrong"
result "there are figures"
for file in contrib/prometheus/nm-gre-rules.yaml contrib/grafana/nm-gre.json tests/data/metrics/rules-test.yaml \
    docs/monitoring.md; do
    grep -oE 'nm_gre_[a-z_]+' "$file" | sort -u >"$work/used"
    [ -s "$work/used" ] || echo "$file: no figure found" >>"$work/wrong"
    comm -23 "$work/used" "$work/there" | sed "s|^|$file: no figure is called |" >>"$work/wrong"
done
result "alerts, dashboard and page name figures that there are"
grep -oE '\)\]\.[a-z-]+\.first' contrib/zabbix/nm-gre.yaml | sed 's/)\]\.//;s/\.first//' | sort -u >"$work/used"
[ -s "$work/used" ] || echo "no member found" >"$work/wrong"
while read -r member; do
    grep -q "^      \"$member\": {" data/nm-gre-status.schema.json || echo "status --json has no $member"
done <"$work/used" >>"$work/wrong"
result "the template for Zabbix names members that there are"
sed -n 's/^      - alert: //p' contrib/prometheus/nm-gre-rules.yaml | sort >"$work/used"
sed -n 's/^| `\(Gre[A-Za-z]*\)` |.*/\1/p' docs/monitoring.md | sort >"$work/there"
diff "$work/used" "$work/there" >"$work/wrong"
result "docs/monitoring.md has every alert"
for alert in $(cat "$work/used"); do
    grep -A 2 "alertname: $alert\$" tests/data/metrics/rules-test.yaml | grep -q exp_alerts || echo "$alert"
done >"$work/wrong"
result "a test makes every alert fire"

# --- as their programs read them
if "$PYTHON3" -c pass 2>/dev/null; then
    "$PYTHON3" -c 'import json; json.load(open("contrib/grafana/nm-gre.json"))' 2>"$work/wrong"
    result "the dashboard is JSON"
fi
promtool=$(command -v promtool || echo "${NM_GRE_TEST_CACHE:-/var/cache/nm-gre-tests}/prometheus/tree/usr/bin/promtool")
if [ -x "$promtool" ]; then
    for file in tests/data/metrics/*.prom; do
        "$promtool" check metrics <"$file" >"$work/wrong" 2>&1
        result "promtool finds no fault in $file"
    done
    "$promtool" check rules contrib/prometheus/nm-gre-rules.yaml >"$work/said" 2>&1 || cp "$work/said" "$work/wrong"
    result "promtool finds no fault in the alerts"
    "$promtool" test rules tests/data/metrics/rules-test.yaml >"$work/said" 2>&1 || cp "$work/said" "$work/wrong"
    result "the alerts fire when they should"
else
    n=$((n + 1))
    echo "ok $n - the figures and alerts by promtool # SKIP no promtool here (tests/setup checks)"
fi
echo "1..$n"
