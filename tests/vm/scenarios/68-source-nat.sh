# SPDX-License-Identifier: GPL-2.0-or-later
# Masquerade on a machine's own uplink, where the tunnels' local addresses are secondary ones: netfilter changes the
# source of a packet after IPsec's policy was looked up. What belongs to the tunnels keeps its source; all else of this
# machine, and what it forwards, is treated as before.
# timeout: 720
four=192.168.8.2 six=fd08::2
host_new a b lan
link a eth0 b eth0
link lan eth0 a eth1
for end in a b; do nowhere $end 192.168.8.0/24 fd08::/64; done
flow_in_both() { traffic_flows a $four "$1" && traffic_flows a $six "$1"; }
masquerade() { on a nft 'table inet nat { chain out { type nat hook postrouting priority srcnat; oifname eth0 masquerade; }; }'; }
keeps_sources() { on a nft list table inet nm-gre | grep -q srcnat; }
up_both() { for name in t4 t6; do check "$1: $name comes up" up a $name ifname eth0; done; }
down_both() { for name in t4 t6; do check "$1: $name goes down" down a $name; done; }

sh_on a 'printf "[keyfile]\nunmanaged-devices+=interface-name:eth1\n" >/etc/NetworkManager/conf.d/lan.conf
    ip addr add 10.7.0.1/24 dev eth1; ip link set eth1 up; echo 1 >/proc/sys/net/ipv4/ip_forward'
sh_on lan 'ip addr add 10.7.0.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.7.0.1'
charon_start a b & daemons=$!
service_start a
service_start b
nm_start a b
wan a eth0 172.31.0.11/24,172.31.0.1/24 - fd31::11/64,fd31::1/64
wan b eth0 172.31.0.2/24 - fd31::2/64
wait $daemons
snapshot a
profile a t4 local=172.31.0.1 remote=172.31.0.2 ipsec=psk ipsec-psk=raclette ipv4.addresses=192.168.8.1/30
profile a t6 local=fd31::1 remote=fd31::2 ipsec=psk ipsec-psk=fondue ipv6.addresses=fd08::1/126
tunnels_in_both b vpn.persistent=yes
for name in t4 t6; do check "$name comes up on b" up b $name ifname eth0; done

masquerade
sniff_start a eth0
on a ping -c 1 -W 1 -I 172.31.0.1 172.31.0.2
on a ping -c 1 -W 1 -I fd31::1 fd31::2
check_number "IPv4 is masqueraded" "$(frames a eth0 out icmp and src 172.31.0.11)" -gt 0
check_equal "IPv6 is masqueraded" 0 "$(frames a eth0 out 'icmp6 and ip6[40] == 128 and src fd31::1')"

up_both "masqueraded"
traffic_start a $four
traffic_start a $six
check "masqueraded: traffic flows in both tunnels" flow_in_both 30
expect_no_clear a eth0 "masqueraded"
check "masqueraded: ESP keeps its source, in both families" \
    test "$(frames a eth0 out ip proto 50 and src 172.31.0.1)" -gt 10 -a "$(frames a eth0 out ip6 proto 50 and src fd31::1)" -gt 10
check_equal "masqueraded: IKE sees no NAT" 0 "$(frames a eth0 out udp port 4500)"

# --- later ----------------------------------------------------------------------------------------------------------

down_both "masqueraded"
on a nft delete table inet nat
conntrack_flush a
up_both "without NAT"
check "without NAT: traffic flows in both tunnels" flow_in_both 30
keeps_sources && info "without NAT: connections are tracked all the same"
masquerade
check "masqueraded under traffic: the table keeps the sources" wait_until 5 keeps_sources
check "masqueraded under traffic: traffic flows in both tunnels" flow_in_both 30
counts a eth0 "masqueraded under traffic, the first rule that tracks connections"
down_both "masqueraded under traffic"
on a nft delete table inet nat

on a nft 'table inet fw { chain in { type filter hook input priority 0; ct state invalid drop; }; }'
on a ping -c 1 -W 1 172.31.0.2
up_both "with a firewall"
check "with a firewall: traffic flows in both tunnels" flow_in_both 30
expect_no_clear a eth0 "with a firewall"
masquerade
pause 2
check "masqueraded behind a firewall: traffic flows in both tunnels" flow_in_both 30
expect_no_clear a eth0 "masqueraded behind a firewall"
conntrack_flush a
check "masqueraded behind a firewall, connections forgotten: traffic flows in both tunnels" flow_in_both 30
expect_no_clear a eth0 "masqueraded behind a firewall, connections forgotten"

# --- what is not ours -------------------------------------------------------------------------------------------

check "a host behind this one is masqueraded" on lan ping -c 3 -i 0.2 -W 2 172.31.0.2
on lan perl -MIO::Socket::INET -e 'IO::Socket::INET->new(PeerAddr => "172.31.0.2:500", LocalPort => 500, Proto => "udp")->send("x" x 28)'
check_number "its IKE to the same peer is masqueraded too" "$(frames a eth0 out udp and src 172.31.0.11 and dst port 500)" -gt 0
sh_on a 'ip link add other type gre local 172.31.0.11 remote 172.31.0.2 key 9; ip addr add 10.90.0.1/30 dev other; ip link set other up'
# b begins nothing by itself: plain GRE has no ports, so two addresses have one connection at a time.
sh_on b 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
    ip link add other type gre local 172.31.0.2 remote 172.31.0.11 key 9; ip addr add 10.90.0.2/30 dev other; ip link set other up'
check "a GRE tunnel of this machine's other address passes" on a ping -c 3 -i 0.2 -W 2 10.90.0.2
sh_on a 'ip link del other'
conntrack_flush a
sh_on lan 'ip link add g type gre local 10.7.0.2 remote 172.31.0.2 key 7; ip addr add 10.70.0.1/30 dev g; ip link set g up'
sh_on b 'ip link add g type gre local 172.31.0.2 remote 172.31.0.11 key 7; ip addr add 10.70.0.2/30 dev g; ip link set g up'
check "its GRE to the same peer passes this machine" on lan ping -c 3 -i 0.2 -W 2 10.70.0.2
check_equal "only those two left in clear" 0 "$(frames a eth0 out ip proto 47 and src 172.31.0.1)"

down_both "masqueraded behind a firewall"
on a nft delete table inet nat
on a nft delete table inet fw

# --- by iptables ---------------------------------------------------------------------------------------------------

sh_on b "ip link del other; ip link del g"
on lan ip link del g
if on a sh -c 'command -v iptables-legacy'; then
    sh_on a 'for tables in iptables ip6tables; do $tables-legacy -t nat -A POSTROUTING -o eth0 -j MASQUERADE; done'
    conntrack_flush a
    counts a eth0
    up_both "masqueraded by iptables-legacy"
    check "masqueraded by iptables-legacy: traffic flows in both tunnels" flow_in_both 30
    expect_no_clear a eth0 "masqueraded by iptables-legacy"
    down_both "masqueraded by iptables-legacy"
fi

for address in $four $six; do traffic_stop a $address; done
expect_clean a
sniff_stop a eth0
