# SPDX-License-Identifier: GPL-2.0-or-later
# The part of the bench that needs real daemons: run by tests/bench/run, as a scenario. Prints rows for its table
# and asserts nothing about figures, only that what was measured did work.
# file: gateway.md
# timeout: 1800
rounds=5 packets=3000 sizes='1 10 50' highest=50 profiles='50 200 500' pairs='1 100 1000' floods=9 many=300
[ ! -e $vm/short ] || rounds=1 packets=200 sizes='1 10' highest=10 profiles='50 200' pairs='1 100' floods=1 many=0
row() { printf '@@| %-46s | %10s | %10s | %8s |\n' "$@" >&3; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

host_new a b
link a eth0 b eth0
# Three pairs: ours, by hand, and one that many tunnels share. b answers, by hand for all of them.
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.1.1/16,172.31.1.2 \
    ipv4.address2=172.31.2.1/16 ipv4.address3=172.31.3.1/16
keyfile a ours local=172.31.1.1 remote=172.31.1.2 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.1.1/30
keyfile a native connection.type=ip-tunnel connection.interface-name=native ip-tunnel.mode=2 ip-tunnel.local=172.31.2.1 \
    ip-tunnel.remote=172.31.2.2 connection.autoconnect=false ipv4.address1=192.168.2.1/30
for i in $(seq $highest); do
    # Not the name of the profile: NetworkManager lists the device under its own as a connection too.
    keyfile a "m$i" local=172.31.3.1 remote=172.31.3.2 key="$i" ifname="x$i" ipsec=psk ipsec-psk=raclette \
        vpn.persistent=true vpn.timeout=300 "ipv4.address1=192.168.$((100 + i)).1/30"
done
sh_on b 'for i in 1 2 3; do ip addr add 172.31.$i.2/16 dev eth0; done
    for i in 1 2; do
        ip link add g$i type gre local 172.31.$i.2 remote 172.31.$i.1 ttl 64
        ip addr add 192.168.$i.2/30 dev g$i
        ip link set g$i up
    done'
hand() { # HOST I ME PEER
    swanctl_conf "$1" "hand$2" <<EOC
connections { hand$2 { version = 2
    local_addrs = 172.31.$2.$3
    remote_addrs = 172.31.$2.$4
    local { auth = psk
        id = 172.31.$2.$3 }
    remote { auth = psk
        id = 172.31.$2.$4 }
    children { gre { mode = transport
        local_ts = dynamic[47]
        remote_ts = dynamic[47] } } } }
secrets { ike-hand$2 { id-1 = 172.31.$2.$3
    id-2 = 172.31.$2.$4
    secret = raclette } }
EOC
}
for i in 1 2 3; do hand b $i 2 1; done
hand a 2 1 2
go service_start a
go charon_start a
go charon_start b
go nm_start a
join

# --- the time until it is up -----------------------------------------------------------------------

ms() { # CMD…: how long it takes, measured in a's namespaces so that entering them does not count
    sh_on a "now() { date +%s%3N; }; began=\$(now); $* >/dev/null 2>&1 || exit 1; echo \$((\$(now) - began))"
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
round() { # FILE-SUFFIX
    local up initiate ours
    ours=$(ms nmcli -w 90 con up ours) || bad "ours does not come up"
    on a ping -c 1 -W 5 192.168.1.2 >/dev/null || bad "ours carries nothing"
    on a nmcli -w 30 con down ours >/dev/null
    up=$(ms nmcli -w 90 con up native) || bad "the native tunnel does not come up"
    initiate=$(ms swanctl --initiate --child gre --ike hand2) || bad "its SA does not come up"
    on a ping -c 1 -W 5 192.168.2.2 >/dev/null || bad "it carries nothing"
    on a swanctl --terminate --ike hand2 >/dev/null
    on a nmcli -w 30 con down native >/dev/null
    echo "$ours" >>"/tmp/ours$1"
    echo "$((up + initiate))" >>"/tmp/hand$1"
    echo "$up" >>"/tmp/up$1"
    echo "$initiate" >>"/tmp/initiate$1"
}
row "time until it is up, median of $rounds" ours "by hand" ratio
round -warm
for i in $(seq $rounds); do round ''; done
row "with PSK, ms ($(median /tmp/up) nmcli + $(median /tmp/initiate) swanctl)" "$(median /tmp/ours)" "$(median /tmp/hand)" \
    "$(ratio "$(median /tmp/ours)" "$(median /tmp/hand)")"
info "ours: $(tr '\n' ' ' </tmp/ours)by hand: $(tr '\n' ' ' </tmp/hand)"
ok "both ways come up"

# Another process owns a table of the name: the service can't have it, and does with the policies.
up_alone() { # FILE
    ms nmcli -w 90 con up ours >>"$1" || bad "ours does not come up"
    on a nmcli -w 30 con down ours >/dev/null
}
table_gone() { ! on a nft list table inet nm-gre >/dev/null 2>&1; }
take_table() { # nft tries once, so only when the service has removed the table of the tunnel that went down
    wait_until 10 table_gone || bad "the service keeps its table"
    sh_on a '(echo "add table inet nm-gre { flags owner; }"; sleep 600) | nft -i >/dev/null 2>&1 &'
    wait_until 10 on a nft list table inet nm-gre >/dev/null 2>&1 || bad "the table is not taken"
}
give_table() {
    on a pkill -x nft
    wait_until 10 table_gone || bad "the table is not given back"
}
for i in $(seq $((2 * rounds))); do
    up_alone /tmp/up-both
    take_table
    up_alone /tmp/up-policies
    give_table
done
row "the same with the table and without it, ms" "$(median /tmp/up-both)" "$(median /tmp/up-policies)" \
    "$(ratio "$(median /tmp/up-both)" "$(median /tmp/up-policies)")"
ok "ours comes up without the table"

# An ordinary user calls GetStatus all the time. The calling program has the lowest priority, so that its own work
# takes only the time that is left; what the bus and the service do for it counts.
on a setpriv --reuid=65534 --regid=65534 --clear-groups nice -n 19 \
    /usr/libexec/nm-gre-tests/status-flood 20 5 100000 >/tmp/calls 2>&1 & flooding=$!
wait_until 60 grep calling /tmp/calls || bad "nobody calls GetStatus"
for i in $(seq $((2 * rounds))); do up_alone /tmp/up-called; done
on a pkill -TERM -x status-flood
wait $flooding || bad "calls of GetStatus fail"
row "the same beside calls of GetStatus by a user, ms" "$(median /tmp/up-called)" "$(median /tmp/up-both)" \
    "$(ratio "$(median /tmp/up-called)" "$(median /tmp/up-both)")"
info "beside the calls: $(tr '\n' ' ' </tmp/up-called)without: $(tr '\n' ' ' </tmp/up-both)calls: $(tail -1 /tmp/calls)"
ok "ours comes up beside many calls"

# --- memory ----------------------------------------------------------------------------------------

# The guest has the program in memory (tmpfs), whose pages count as dirty: what is really its own is anonymous.
memory() { # PROCESS Rss|Anonymous: kB
    on a sh -c "awk '/^$2:/ { print \$2 }' /proc/\$(pgrep -o -x ${1:0:15})/smaps_rollup"
}
service_stop a
service_start a
for other in openvpn vpnc; do
    background a $other.log /usr/lib/NetworkManager/nm-$other-service --persist
    wait_until 20 alive a "$(echo nm-$other-service | cut -c1-15)" || bad "nm-$other-service does not start"
done
sleep 3
row "memory of a service without a connection, kB" RSS "of private" "dirty"
for name in nm-gre-service nm-openvpn-service nm-vpnc-service; do
    row "  $name" "$(memory $name Rss)" "" "$(memory $name Anonymous)"
done
idle=$(memory nm-gre-service Anonymous)
on a nmcli -t -f NAME,DBUS-PATH con show | sed -n 's/^m\([0-9]*\):/\1 /p' | sort -n >$hosts/a/paths
row "with connections up (PSK), kB" RSS "p. dirty" "for each"
done=0
for size in $sizes; do
    sh_on a "sed -n '$((done + 1)),${size}p' $hosts/a/paths | while read -r i path; do
        dbus-send --system --dest=org.freedesktop.NetworkManager --print-reply /org/freedesktop/NetworkManager \
            org.freedesktop.NetworkManager.ActivateConnection objpath:\$path objpath:/ objpath:/ >/dev/null
    done"
    done=$size
    wait_until 300 eval "[ \$(on a nmcli -t -f NAME,STATE con show --active | grep -c '^m[0-9]*:activated') = $size ]" ||
        bad "$size do not come up"
    sleep 5
    dirty=$(memory nm-gre-service Anonymous)
    row "  $size" "$(memory nm-gre-service Rss)" "$dirty" "$(ratio $((dirty - idle)) "$size")"
done
check_equal "$highest tunnels share one SA" 1 "$(sa_count a child)"

# --- many ------------------------------------------------------------------------------------------

# A bus with its own limits; root's programs may find no room on it in the end, so another user asks.
asks() { on a setpriv --reuid 65534 --clear-groups "$@"; }
settled() { # since the last second no VPN has come up
    local before=$up
    sleep 5
    up=$(asks nmcli -t -f TYPE,STATE con show --active | grep -c '^vpn:activated')
    [ "$up" = "$before" ]
}
all_at_once() { # TEXT: each that is up already refuses
    while read -r path; do
        asks dbus-send --system --dest=org.freedesktop.NetworkManager --print-reply /org/freedesktop/NetworkManager \
            org.freedesktop.NetworkManager.ActivateConnection objpath:$path objpath:/ objpath:/
    done <$hosts/a/paths >/dev/null 2>&1
    up=0
    wait_until 300 settled || bad "the VPNs do not settle"
    row "VPNs at once $1" "$up" "of $((many + highest))" ""
}
if [ $many -gt 0 ]; then
    sh_on a "umask 077; cd /etc/NetworkManager/system-connections
        for i in \$(seq $many); do
            printf '[connection]\nid=many%d\nuuid=%s\ntype=vpn\n\n[vpn]\nservice-type=org.freedesktop.NetworkManager.gre\nlocal=172.31.3.1\nremote=172.31.3.3\nkey=%d\n\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n' \
                \$i \$(cat /proc/sys/kernel/random/uuid) \$i >many\$i.nmconnection
        done"
    on a nmcli con reload
    asks nmcli -t -f NAME,DBUS-PATH con show | sed -n 's/^many[0-9]*://p' >$hosts/a/paths
    all_at_once "with the bus's own limits"
    check "the journal says why there are no more" eval 'journal a | grep -q "the bus allows no more"'
    sed -n '/^```xml$/,/^```$/p' $vm/gateway.md | grep -v '^```' >"$(inside a /etc/dbus-1/system-local.conf)"
    on a pkill -HUP -x dbus-daemon
    all_at_once "with the limits of docs/gateway.md"
    check_equal "all are up" $((many + highest)) "$up"
fi

# --- profiles --------------------------------------------------------------------------------------

# N profiles of NetworkManager's own tunnels, of which half have a companion: what the guard makes of them.
host_new c
profiles() { # N: a third of them companions, so that half of the tunnels are protected
    sh_on c "umask 077; cd /etc/NetworkManager/system-connections && rm -f ./* && i=0
        while [ \$i -lt $(($1 / 3)) ]; do
            i=\$((i + 1))
            for name in p\$i u\$i; do
                uuid=\$(cat /proc/sys/kernel/random/uuid)
                printf '[connection]\nid=%s\nuuid=%s\ntype=ip-tunnel\ninterface-name=%s\nautoconnect=false\n\n[ip-tunnel]\nmode=2\nlocal=10.0.0.1\nremote=10.%d.%d.%d\n\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n' \
                    \$name \$uuid \$name \$((i / 250 + 1)) \$((i % 250)) \${#name} >\$name.nmconnection
            done
            printf '[connection]\nid=c%d\nuuid=%s\ntype=vpn\n\n[vpn]\nservice-type=org.freedesktop.NetworkManager.gre\nprotects=p%d\nipsec=psk\n\n[vpn-secrets]\nipsec-psk=raclette-%d\n\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n' \
                \$i \$(cat /proc/sys/kernel/random/uuid) \$i \$i >c\$i.nmconnection
        done"
}
guarded() { on c ip xfrm policy count 2>/dev/null | grep -oE 'IN +[0-9]+' | grep -oE '[0-9]+'; }
all_guarded() { [ "$(guarded)" -ge $(($1 / 3)) ]; } # PROFILES
peak() { on c sh -c "awk '/^VmHWM:/ { print \$2 }' /proc/\$(pgrep -o -x nm-gre-service)/status"; }
rss() { on c sh -c "awk '/^VmRSS:/ { print \$2 }' /proc/\$(pgrep -o -x nm-gre-service)/status"; }
bus_start c
row "with NetworkManager's own tunnels, half protected" "start, ms" "RSS, kB" "read, ms"
for size in $profiles; do
    profiles $size
    now
    began=$NOW
    service_start c
    # It owns its name a moment before it tells systemd that it is ready, which is when they stand.
    wait_until 20 all_guarded "$size" || bad "$size profiles: $(guarded) barriers"
    now
    started=$((NOW - began))
    nm_start c
    now
    began=$NOW
    read_all() { grep -q "read [0-9]* profiles from" "$hosts/c/service.log"; }
    wait_until 120 read_all || bad "not all of $size profiles are read"
    now
    read=$((NOW - began))
    sleep 2
    row "  $size profiles (at most $(peak) kB)" "$started" "$(rss)" "$read"
    service_stop c
    nm_stop c
    : >"$hosts/c/service.log"
    on c ip xfrm policy flush
done

# --- the second barrier ----------------------------------------------------------------------------

# The packets of one protected pair among many, there and back as fast as they go, with both barriers and with the
# policies alone.
link c eth0 b eth1
secure() { # HOST IF ME PEER INNER SPI-OUT SPI-IN: IPsec with keys by hand, and a tunnel
    sh_on "$1" "add() { ip xfrm state add src \$1 dst \$2 proto esp spi \$3 reqid 1 mode transport \
            aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128
            ip xfrm policy add src \$1 dst \$2 proto 47 dir \$4 priority 366976 tmpl proto esp reqid 1 mode transport; }
        ip addr add $3/8 dev $2
        ip link set $2 up
        add $3 $4 $6 out
        add $4 $3 $7 in
        ip link add flood type gre local $3 remote $4 ttl 64
        ip addr add $5/30 dev flood
        ip link set flood up"
}
table_has() { [ "$(on c nft list set inet nm-gre pairs4 | grep -o "10\.0\.0\.1 \. 10\." | wc -l)" -ge "$1" ]; } # PAIRS
flood() { # FILE
    on c ping -f -q -c $packets 192.168.200.2 | awk '/time/ { print $NF + 0 }' >>"$1"
}
# A table that sleeps has no hooks; the service that would wake it is gone. Both in turn, as the machine is not equally
# busy all the time.
with_and_without() {
    local n
    rm -f /tmp/both /tmp/policies
    on c ping -f -q -c 200 192.168.200.2 >/dev/null || bad "the protected pair carries nothing"
    for n in $(seq $floods); do
        flood /tmp/both
        on c nft 'add table inet nm-gre { flags dormant; }'
        flood /tmp/policies
        on c nft 'add table inet nm-gre'
    done
}
row "$packets packets of one pair, ms, median of $floods" "with table" "policies" ratio
for size in $pairs; do
    profiles $((3 * size))
    service_start c
    wait_until 60 all_guarded $((3 * size)) || bad "$size pairs: $(guarded) barriers"
    secure c eth0 10.0.0.1 10.1.1.2 192.168.200.1 1 2
    [ "$size" != "${pairs%% *}" ] || secure b eth1 10.1.1.2 10.0.0.1 192.168.200.2 2 1
    check "$size pairs: the table has them" table_has "$size"
    service_kill c
    with_and_without
    row "  $size pairs" "$(median /tmp/both)" "$(median /tmp/policies)" "$(ratio "$(median /tmp/both)" "$(median /tmp/policies)")"
    on c nft delete table inet nm-gre
    sh_on c 'ip xfrm policy flush; ip xfrm state flush; ip link del flood; ip addr flush dev eth0'
    : >"$hosts/c/service.log"
done
