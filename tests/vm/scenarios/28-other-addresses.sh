# SPDX-License-Identifier: GPL-2.0-or-later
# A peer's name with several addresses: while one does not answer, the others are tried, in both families, and the one that
# works is kept. For the other family the device is replaced by one of the other kind, and NetworkManager sets that up.
host_new a b
link a eth0 b eth0
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.53 \
    ipv6.address1=fd31::1/64
keyfile a site connection.autoconnect=false persistent=true ipsec=psk ipsec-psk=raclette ipsec-dpd-delay=2 remote=b.example \
    ifname=gre1 ipv4.address1=192.168.8.1/30 ipv4.route1=10.8.0.0/24
sh_on b 'ip addr add 172.31.0.53/24 dev eth0; ip addr add 172.31.0.9/24 dev eth0; ip addr add fd31::9/64 dev eth0 nodad
    ip link add gre1 type gre local 172.31.0.9 remote 172.31.0.1
    ip link add gre6 type ip6gre local fd31::9 remote fd31::1 encaplimit none
    for device in gre1 gre6; do ip link set $device up; done
    ip addr add 192.168.8.2/32 dev lo; ip route add 192.168.8.1/32 dev gre1 src 192.168.8.2'
by_hand b four 172.31.0.9 172.31.0.1 raclette
by_hand b six fd31::9 fd31::1 raclette
name_server b 172.31.0.53
# 172.31.0.2 is nobody, and comes first by RFC 6724: it has more bits in common with 172.31.0.1.
zone_is b "b.example 172.31.0.9 172.31.0.2"
resolve_with a 172.31.0.53
go service_start a
go charon_start a b
go nm_start a
join
snapshot a
sniff_start a eth0
check "the WAN comes up" wait_until "$PATIENCE" is_up a wan
reaches() { on a ping -q -c 1 -W 1 192.168.8.2; }
remote() { on a ip -d -o link show gre1 | grep -o 'remote [^ ]*'; }
config() { echo "$(on a ip -o -4 addr show gre1 | awk '{ print $4 }') $(on a ip route show 10.8.0.0/24 dev gre1 | awk '{ print $1 }')"; }

# --- in one family -----------------------------------------------------------------------------------------
check "the tunnel comes up" up a site
check "it reaches the peer at its second address" wait_until 60 reaches
check_equal "the device has it" "remote 172.31.0.9" "$(remote)"
pause 12
check_equal "it stays there" "remote 172.31.0.9" "$(remote)"

# --- in the other one --------------------------------------------------------------------------------------
zone_is b "b.example 172.31.0.2 fd31::9"
sh_on b 'ip addr del 172.31.0.9/24 dev eth0; ip route replace 192.168.8.1/32 dev gre6 src 192.168.8.2'
check "it reaches the peer in IPv6" wait_until 90 reaches
check_equal "by an ip6gre device of the same name" "ip6gre remote fd31::9" "$(on a ip -d -o link show gre1 | grep -o 'ip6gre remote [^ ]*')"
check_equal "with its address and route" "192.168.8.1/30 10.8.0.0/24" "$(config)"
check "NetworkManager calls it activated" is_up a site
pause 12
check_equal "it stays there" "remote fd31::9" "$(remote)"
check_equal "nothing leaves in clear text through all of it" 0 "$(packets a eth0 clear out)"
check_equal "there is one barrier" 2 "$(barriers a)"
check "the tunnel goes down" down a site
expect_clean a
