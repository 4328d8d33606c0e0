# SPDX-License-Identifier: GPL-2.0-or-later
# A host boots: its WAN profile names tunnels in connection.secondaries, strongSwan comes after NetworkManager
# as its unit has it, one of the peers is dead. A second uplink, which the default route does not use, has
# one more peer, and NetworkManager's route to that must not lead out of the first.
# also: debian13
# timeout: 300
host_new a b c
link a eth0 b eth0
link a eth1 c eth0
keyfile b wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24
keyfile b t remote=172.31.0.1 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.8.2/30
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2 \
    "connection.secondaries=$(uuid_of a t);$(uuid_of a dead);"
keyfile a wan2 connection.type=ethernet connection.interface-name=eth1 ipv4.address1=172.30.0.1/24 \
    "ipv4.route1=172.29.0.0/24,172.30.0.2"
keyfile a t remote=172.31.0.2 ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv4.address1=192.168.8.1/30
keyfile a dead remote=172.31.0.77 ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv4.address1=192.168.9.1/30
keyfile a x remote=172.29.0.2 ipv4.address1=192.168.7.1/30 vpn.persistent=true
# c has what iproute2 makes, no daemons.
sh_on c 'ip addr add 172.30.0.2/24 dev eth0
    ip addr add 172.29.0.2/32 dev lo
    ip link add g1 type gre local 172.29.0.2 remote 172.30.0.1 ttl 64
    ip addr add 192.168.7.2/30 dev g1
    ip link set g1 up'

go nm_start b
go charon_start b
go service_start a
join
check_not "without a default route a VPN has no base device" up b t
check "with ifname a VPN has a base device without a default route" eval "up b t ifname eth0 & sleep 3; state b t | grep -q activating"
sniff_start a eth0
sniff_start a eth1
nm_start a
check "at boot the tunnel of the WAN profile comes up" wait_until 60 is_up a t
check "the tunnel with a dead peer comes up at boot" wait_until 20 is_up a dead
check "the WAN comes up at boot" wait_until 20 is_up a wan
check_not "the tunnel passes nothing while strongSwan is not running" on a ping -c 1 -W 1 192.168.8.2
charon_start a
traffic_start a 192.168.8.2
check "traffic flows once strongSwan runs" traffic_flows a 192.168.8.2 20
traffic_stop a 192.168.8.2
check_equal "the WAN stays up" "activated activated" "$(state a wan) $(state a dead)"
expect_no_clear a eth0 "since boot"
check_number "the traffic was ESP" "$ESP_OUT" -gt 3

# --- the second uplink -----------------------------------------------------------------------------

way() { on a ip -o route get 172.29.0.2 | sed -n 's/.* dev \([^ ]*\) .*/\1/p'; }
check_equal "the route to the third peer leads through eth1" eth1 "$(way)"
check "the tunnel to the third peer comes up, based on eth0" up a x
check_equal "the route to the third peer has not changed" eth1 "$(way)"
check "traffic flows through the tunnel to the third peer" on a ping -c 2 -W 5 192.168.7.2
counts a eth1
check_number "this traffic is plain GRE on eth1" "$CLEAR_OUT" -ge 2
expect_no_clear a eth0 "on the other uplink"
check_equal "NetworkManager pinned the first peer to eth0" eth0 \
    "$(on a ip -o route show 172.31.0.2 | sed -n 's/.* dev \([^ ]*\) .*/\1/p')"

# --- without its uplink ----------------------------------------------------------------------------

sniff_stop a eth0
sniff_stop a eth1
check "all tunnels go down" on a nmcli -w 30 con down t dead x
left() { sh_on a 'ip -o link | grep alias; ip xfrm policy list nosock | grep -E "proto (gre|47)"'; }
check "no device and no policy is left" wait_until 15 negated left
check "the WAN is still up" is_up a wan
