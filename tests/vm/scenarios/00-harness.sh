# SPDX-License-Identifier: GPL-2.0-or-later
# The harness itself, on what the distribution has: two NetworkManagers, a native tunnel, and strongSwan
# written by hand beside it. It shows that the counters do see clear packets where there are some,
# that a check for leftovers does fail, and that a VPN's failure reason is found.
host_new a b
link a eth0 b eth0
nm_start a b
wan a eth0 172.31.0.1/24 172.31.0.2
wan b eth0 172.31.0.2/24 172.31.0.1

tunnel() { # HOST NAME LOCAL REMOTE INNER
    on "$1" nmcli con add type ip-tunnel con-name "$2" ifname "$2" mode gre local "$3" remote "$4" \
        ipv4.method manual ipv4.addresses "$5" ipv6.method disabled
    on "$1" nmcli -w 20 con up "$2"
}
check "hosts see each other" on a ping -c 1 -W 5 172.31.0.2
snapshot a
sniff_start a eth0
check "a native tunnel comes up on a" tunnel a gre1 172.31.0.1 172.31.0.2 192.168.7.1/30
check "the native tunnel comes up on b" tunnel b gre1 172.31.0.2 172.31.0.1 192.168.7.2/30
traffic_start a 192.168.7.2
check "traffic flows through the native tunnel" traffic_flows a 192.168.7.2 10
counts a eth0 "without IPsec"
check_number "clear packets out are counted" "$CLEAR_OUT" -gt 3
check_number "clear packets in are counted" "$CLEAR_IN" -gt 3
check_equal "no ESP is counted yet" "0 0" "$ESP_OUT $ESP_IN"
check_not "expect_clean's check finds a tunnel that is up" is_clean a

by_hand a pair 172.31.0.1 172.31.0.2 not-a-real-secret
by_hand b pair 172.31.0.2 172.31.0.1 not-a-real-secret
charon_start a b
check "the hand-written SA comes up" on a swanctl --initiate --child pair
check_equal "there are one IKE SA and one CHILD SA" "1 1" "$(sa_count a ike) $(sa_count a child)"
check_equal "VICI lists one secret" 1 "$(on a $tools/vici-list get-shared | wc -l)"
counts a eth0 "until the SA"
check "traffic flows through the SA" traffic_flows a 192.168.7.2 10
counts a eth0 "with an SA"
check_number "ESP out is counted" "$ESP_OUT" -gt 3
check_number "ESP in is counted" "$ESP_IN" -gt 3
expect_no_clear a eth0 "with an SA"
on a swanctl --terminate --ike pair
sleep 1
counts a eth0 "after --terminate"
check_number "without its SA the hand-written tunnel sends clear text again" "$CLEAR_OUT" -gt 3
traffic_stop a 192.168.7.2
check_number "pings are answered" "$RECEIVED" -gt 20
info "lost $LOST, longest gap $((GAP / 10)).$((GAP % 10)) s"
sniff_stop a eth0
charon_stop a
check_not "the daemon is gone" alive a charon-systemd
down a gre1
expect_clean a

# A VPN of another kind that can't work: how its failure is told.
on a nmcli con add type vpn vpn-type openvpn con-name other ipv6.method disabled \
    vpn.data "connection-type=tls, remote=172.31.0.2"
if [ -e /usr/lib/NetworkManager/VPN/nm-openvpn-service.name ]; then
    check_not "a VPN without its keys fails" up a other
    info "its reason: $(reason a other)"
fi
check "NetworkManager is killed" nm_kill a
check "NetworkManager starts again" nm_start a
check "NetworkManager still knows its profiles" on a nmcli -g connection.id con show other
