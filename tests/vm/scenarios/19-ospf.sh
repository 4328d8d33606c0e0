# SPDX-License-Identifier: GPL-2.0-or-later
# A routing protocol over the tunnel: FRR's OSPF finds its neighbour by multicast, the two exchange their routes, and
# nothing of it is lost while the SA gets new keys.
# timeout: 300
host_new a b
link a eth0 b eth0
for h in a b; do
    n=$([ $h = a ] && echo 1 || echo 2) peer=$((3 - n))
    keyfile $h wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$n/24,172.31.0.$peer
    keyfile $h gre remote=172.31.0.$peer ifname=gre1 ipsec=psk ipsec-psk=fondue ipv4.address1=10.0.0.$n/30 vpn.timeout=90
    sh_on $h "ip addr add 10.$n.0.1/24 dev lo"
    go service_start $h
    go charon_start $h
done
join
nm_start a b
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
snapshot a
sniff_start a eth0
for h in a b; do go check "the tunnel comes up on $h" up $h gre; done
join
routing() { # HOST NUMBER
    frr_start "$1" <<EOC
interface gre1
 ip ospf area 0
 ip ospf hello-interval 2
 ip ospf dead-interval 12
interface lo
 ip ospf area 0
router ospf
 ospf router-id 10.0.0.$2
EOC
}
go routing a 1
go routing b 2
join
neighbour() { vtysh "$1" 'show ip ospf neighbor detail'; }
full() { neighbour "$1" | grep -F 'State is Full'; }
changes() { neighbour "$1" | sed -n 's/.* \([0-9]*\) state changes.*/\1/p'; }
learned() { on "$1" ip route show proto ospf | grep -F "$2"; }
go check "a's OSPF neighbour is full within 40 seconds" wait_until 40 full a
go check "b's OSPF neighbour is full within 40 seconds" wait_until 40 full b
join
go check "a learns b's network" wait_until 20 learned a 10.2.0.
go check "b learns a's network" wait_until 20 learned b 10.1.0.
join
check "the networks reach each other" on a ping -q -c 3 -i 0.3 -W 5 -I 10.1.0.1 10.2.0.1
spis() { on a ip xfrm state list | sed -n 's/.*spi \(0x[0-9a-f]*\).*/\1/p' | sort | tr '\n' ' '; }
old=$(spis) before=$(changes a)
renewed() { [ "$(spis)" != "$old" ] && [ "$(sa_count a child)" = 1 ]; }
traffic_start a 10.2.0.1
for h in a b; do
    check "$h rekeys the SA" on $h swanctl --rekey --child gre
    check "the SA is another one after $h rekeyed it" wait_until "$PATIENCE" renewed
    old=$(spis)
done
pause 13 # longer than a neighbour may be silent
traffic_stop a 10.2.0.1
check_equal "no ping is lost while the SA is rekeyed" 0 "$LOST"
check_equal "the OSPF neighbour never went away" "$before" "$(changes a)"
check "the OSPF neighbour is still full" full a
expect_no_clear a eth0 "with OSPF and rekeying"
check "the tunnel goes down" down a gre
check_not "a's routes by OSPF are gone" learned a 10.2.0.
for daemon in ospfd zebra; do end a TERM $daemon; done
expect_clean a
sniff_stop a eth0
