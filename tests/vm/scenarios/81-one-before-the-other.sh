# SPDX-License-Identifier: GPL-2.0-or-later
# One end is brought up before the other: by 30 s, by 3 minutes, and for ever. All of it at once, between
# different addresses of the same hosts: a is first, b follows, c is switched on much later. No host has a
# default route, so each activation says its device.
# timeout: 420
host_new a b c
link a eth0 b eth0
switch net a eth1 c eth0
link_cut net p2
address() { # HOST IF NET LAST…: its addresses in that net
    local host=$1 name=$2 net=$3 list=() last
    shift 3
    for last in "$@"; do list+=("ipv4.address$((${#list[@]} + 1))=172.$net.$last/16"); done
    keyfile "$host" "wan-$name" connection.type=ethernet connection.interface-name="$name" "${list[@]}"
}
tunnel() { # HOST NAME LOCAL REMOTE INNER [KEY=VALUE…]
    keyfile "$1" "$2" local="172.$3" remote="172.$4" ipsec=psk ipsec-psk=raclette ipv4.address1="192.168.$5/30" "${@:6}"
}
address a eth0 31 1.1 1.2 1.3
address b eth0 31 2.1 2.2 2.3
address a eth1 30 1.1 1.2
address c eth0 30 2.1 2.2
tunnel a plain 31.1.1 31.2.1 1.1
tunnel b plain 31.2.1 31.1.1 1.2
tunnel a patient 31.1.2 31.2.2 2.1 vpn.persistent=true
tunnel b patient 31.2.2 31.1.2 2.2
tunnel a alone 31.1.3 31.2.3 3.1 vpn.timeout=24
tunnel a late 30.1.1 30.2.1 4.1 vpn.persistent=true
tunnel c late 30.2.1 30.1.1 4.2
tunnel a quiet 30.1.2 30.2.2 5.1 vpn.persistent=true
tunnel c quiet 30.2.2 30.1.2 5.2 ipsec-start=respond
for h in a b c; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b c
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.2.1
snapshot a
sniff_start a eth0
sniff_start a eth1

timed() { # FILE CMD…: how many tenths of a second it took, and how it ended
    local began status=0
    now
    began=$NOW
    "${@:2}" >/dev/null 2>&1 || status=$?
    now
    echo "$(((NOW - began) / 100)) $status" >"$1"
}
now
begin=$NOW
since() { now; echo $(((NOW - begin) / 1000)); }
until_second() { while [ "$(since)" -lt "$1" ]; do pause 0.2; done; }
timed /tmp/plain up a plain ifname eth0 & plain=$!
timed /tmp/alone up a alone ifname eth0 & alone=$!
timed /tmp/patient up a patient ifname eth0 & patient=$!
go up a late ifname eth1
go up a quiet ifname eth1
wait $patient
read -r tenths status </tmp/patient
check_equal "a persistent tunnel comes up without its peer" 0 "$status"
info "after $((tenths / 10)).$((tenths % 10)) s, with five brought up at a time"
check_not "a tunnel without its peer passes nothing" on a ping -c 1 -W 2 192.168.2.2
check "persistent tunnels whose peer is switched off come up too" join
wait $alone
read -r tenths status </tmp/alone
check_number "a tunnel whose peer never comes up fails" "$status" -ne 0
check_number "it does not fail before five sixths of vpn.timeout, 20 s (in tenths)" "$tenths" -ge 195
check "and before NetworkManager's own patience ends, by the service's reason: $(reason a alone)" grep -q '^connect-failed' <(reason a alone)
check "the journal says why it failed" eval "journal a | grep -q -E 'alone.*(no answer from the peer|no configuration for us)'"
until_second 30
check_equal "another tunnel still tries after 30 s" activating "$(state a plain)"
traffic_start a 192.168.2.2
info "its peer comes up after $(since) s"
go up b plain ifname eth0
go up b patient ifname eth0
check "both peers come up" join
check "the first end is up by then" wait_until 15 is_up a plain
wait $plain
check_equal "nmcli says that the first end is up" 0 "$(cut -d' ' -f2 /tmp/plain)"
check "traffic flows through the first tunnel" on b ping -c 2 -W 5 192.168.1.1
check "traffic flows through the persistent tunnel" traffic_flows a 192.168.2.2 15
traffic_stop a 192.168.2.2
two() { [ "$(on a swanctl --list-sas --raw | grep -c INSTALLED)" = 2 ]; }
check "there is one SA for each tunnel" wait_until 10 two
expect_no_clear a eth0 "30 s apart"
check_number "the traffic was ESP" "$ESP_OUT" -gt 3

# --- three minutes ---------------------------------------------------------------------------------

until_second 180
check_equal "the persistent tunnels are up after $(since) s" "activated activated" "$(state a late) $(state a quiet)"
check_equal "the persistent tunnels have no SA without their peer" 0 "$(on a swanctl --list-sas --raw | grep -c 'nm-gre-172-30.*INSTALLED')"
traffic_start a 192.168.4.2
traffic_start a 192.168.5.2
link_mend net p2
on_again=$(now)
check "c is reachable" wait_until 60 on c ping -c 1 -W 1 172.30.1.1
info "$((($(now) - on_again) / 100)) tenths of a second after its cable was"
go up c late ifname eth0
go up c quiet ifname eth0
flows() { # NAME ADDRESS SECONDS
    local seconds
    if seconds=$(traffic_flows a "$2" "$3"); then
        ok "$1: traffic flows $seconds s after its peer's nmcli con up began"
    else
        bad "$1: traffic does not flow within $3 s of its peer"
    fi
}
flows "the peer initiates" 192.168.4.2 20
flows "the peer only responds" 192.168.5.2 30
check "both tunnels come up on c" join
traffic_stop a 192.168.4.2
traffic_stop a 192.168.5.2
expect_no_clear a eth1 "3 minutes apart"
check_number "the traffic was ESP" "$ESP_OUT" -gt 3
sniff_stop a eth0
sniff_stop a eth1
check "all tunnels go down" on a nmcli -w 30 con down plain patient late quiet
expect_clean a
