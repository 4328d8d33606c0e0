#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The bus policy is well-formed and says what has to be said, read as XML rather than as text.
policy=$top_srcdir/data/nm-gre-service.conf
name=org.freedesktop.NetworkManager.gre
[ -x "$XMLLINT" ] || command -v "$XMLLINT" >/dev/null || {
    echo "1..0 # SKIP no xmllint here"
    exit 0
}

n=0
result() { # STATUS TEXT
    n=$((n + 1))
    [ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
count() { # XPATH EXPECTED TEXT
    found=$("$XMLLINT" --nonet --xpath "count($1)" "$policy" 2>&1)
    [ "$found" = "$2" ]
    result $? "$3"
}

echo 1..8
"$XMLLINT" --nonet --noout "$policy"
result $? "well-formed"
root="/busconfig/policy[@user='root']"
all="/busconfig/policy[@context='default']"
count "$root/allow[@own_prefix='$name']" 1 "root owns the names"
count "$all/deny[@own_prefix='$name']" 1 "nobody else does"
count "$all/deny[@send_destination='$name' and count(@*)=1]" 1 "others are shut out to begin with"
count "$all/allow[not(@send_destination='$name') or not(@send_interface)]" 0 \
    "what is opened to others is opened for this service and one interface"
count "$all/allow[@send_member='Serve' or @send_interface='org.freedesktop.NetworkManager.VPN.Plugin']" 0 \
    "Serve and the plugin interface are root's"
count "//limit" 0 "the bus's limits, which are everybody's, stay as they are"
count "$all/allow[@send_interface='$name' and not(@send_member)]" 0 "no method is open by default"
