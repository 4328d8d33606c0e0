# SPDX-License-Identifier: GPL-2.0-or-later
# The nftables table beside the IPsec policies: a gre and an ip6gre tunnel, 50 pings a second in each, a third host that
# sends clear GRE in the peer's name. Each barrier alone is enough; flushing one, the other or both opens nothing.
# also: debian13
# timeout: 900
four=192.168.8.2 six=fd08::2
host_new a b c
link a eth0 b eth0
link c eth0 a eth1
for end in a b; do nowhere $end 192.168.8.0/24 fd08::/64; done
flow_in_both() { traffic_flows a $four "$1" && traffic_flows a $six "$1"; }
table_stands() { on a nft list table inet nm-gre | grep -q 172.31.0.1; }
journal_has() { journal a | grep -qF "$1"; }
dropped() { # CHAIN: by its rules in the table
    on a nft list chain inet nm-gre "$1" | grep -o 'packets [0-9]*' | awk '{ n += $2 } END { print n + 0 }'
}

outsider_prepare
check "without IPsec the third host's packets get in" outsider_gets_in
start_both
snapshot a
for end in a b; do tunnels_in_both $end vpn.persistent=yes; done
on b nmcli con modify t6 +vpn.data encapsulation-limit=4 # a header more before GRE
sniff_start a eth0
outsider_start
for end in b a; do
    for name in t4 t6; do check "$name comes up on $end" up $end $name ifname eth0; done
done
traffic_start a $four
traffic_start a $six
check "traffic flows in both tunnels" flow_in_both 20
check "the table has the tunnel's endpoints" table_stands
nothing_clear "while all is well"

# --- each alone ----------------------------------------------------------------------------------------------

# nsenter, which started it, stops with it.
on a pkill -STOP -x nm-gre-service
on a sh -c 'ip xfrm policy flush; ip xfrm state flush'
check "there is no IPsec policy for GRE" sh_on a '! ip xfrm policy | grep -E "proto (gre|47)"'
pause 3
nothing_clear "the table alone"
check_number "the table dropped what was sent" "$(dropped output)" -gt 20
check_number "the table dropped what came in" "$(dropped input)" -gt 5
pkill -CONT -x nsenter
check "traffic flows again" flow_in_both 20
nothing_clear "the service goes on"

check "the service is killed" service_kill a
check "the kernel keeps the table of a killed service" table_stands
on a nft delete table inet nm-gre
check_not "there is no table" table_stands
on a ip xfrm state flush
pause 3
nothing_clear "the IPsec policies alone"
service_start a
both_are_up() { is_up a t4 && is_up a t6; }
check "both tunnels are up again" wait_until 30 both_are_up
check "traffic flows again" flow_in_both 30
check "the table is there again" table_stands
nothing_clear "the service starts again"

# --- flushed again and again -----------------------------------------------------------------------------------

again_and_again() { # COMMAND
    on a sh -c "for n in \$(seq 20); do $1; sleep 0.1; done"
}
again_and_again 'nft flush ruleset'
check "the table is there after another's flush" wait_until 5 table_stands
nothing_clear "20 flushes of nftables"
again_and_again 'ip xfrm policy flush'
nothing_clear "20 flushes of the IPsec policies"
again_and_again 'ip xfrm policy flush; nft flush ruleset; ip xfrm state flush'
# Kernels before 6.9: the table of a process that ends would go with it, so it is a plain one, which is flushed too.
counts a eth0 "20 flushes of both"
outsider_delivered_now
check "traffic flows again" flow_in_both 30
nothing_clear "after the flushes"

# A program with our rights that does nothing else. docs/security.md has what gets through.
without_pause() { # SECONDS
    sh_on a "yes 'xfrm policy flush' | timeout $1 ip -force -batch - >/dev/null 2>&1 &
        yes 'xfrm state flush' | timeout $1 ip -force -batch - >/dev/null 2>&1 &
        yes 'delete table inet nm-gre' | timeout $1 nft -i >/dev/null 2>&1 &
        wait"
}
without_pause 10
counts a eth0 "a program that removes both without a pause for 10 s"
outsider_delivered_now
check "traffic flows again" flow_in_both 60
nothing_clear "after that program"

# --- a firewall that rejects ------------------------------------------------------------------------------------

on a nft 'table inet fw { chain in { type filter hook input priority 0; meta l4proto gre counter reject; }; }'
rejected() { [ "$(on a nft list table inet fw | grep -o 'packets [0-9]*' | cut -d' ' -f2)" -gt "$1" ]; }
check "the firewall rejects decrypted packets" wait_until 10 rejected 20
no_quotes "a firewall that rejects GRE"
on a nft delete table inet fw
check "traffic flows again" flow_in_both 10
nothing_clear "a firewall that rejects GRE"

for name in t4 t6; do check "$name goes down on a" down a $name; done
nothing_clear "the tunnels go down"

# --- another program's device with the same endpoints -------------------------------------------------------------

by_hand() { sh_on a 'ip link add h4 type gre local 172.31.0.1 remote 172.31.0.2
    ip link add h6 type ip6gre local fd31::1 remote fd31::2'; }
check "devices with the same endpoints are made by hand" by_hand
check "the journal names the first" wait_until 10 journal_has 'device "h4" of another program has the endpoints of "t4"'
check "the journal names the second" wait_until 10 journal_has 'device "h6" of another program has the endpoints of "t6"'
sh_on a 'ip addr add 192.168.8.1/30 dev h4; ip addr add fd08::1/126 dev h6 nodad; ip link set h4 up; ip link set h6 up'
blocked=$(xfrm_stat a XfrmOutPolBlock)
pause 3
nothing_clear "the devices by hand, up and with addresses"
check_number "their packets were blocked" $(($(xfrm_stat a XfrmOutPolBlock) - blocked)) -gt 20
sh_on a 'ip link del h4; ip link del h6'
check "the barriers go with them" wait_until 10 eval '[ "$(barriers a)" = 0 ]'
for address in $four $six; do traffic_stop a $address; done
expect_clean a
sniff_stop a eth0
