# SPDX-License-Identifier: GPL-2.0-or-later
# What another program on host a does beside three protected tunnels to b: the VPN profiles t4 and t6 and a native one.
# 50 pings a second in each, and an outsider c all the while.

four=192.168.8.2 six=fd08::2 native=192.168.9.2

beside_profiles() { # HOST ME PEER: the native tunnel is at the second address
    local host=$1 me=$2 peer=$3 vpn="ipsec=psk ipsec-psk=raclette vpn.persistent=true"
    keyfile $host wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/24 \
        ipv4.address2=172.31.0.1$me/24 ipv6.address1=fd31::$me/64
    keyfile $host t4 remote=172.31.0.$peer ifname=t4 $vpn ipv4.address1=192.168.8.$me/30
    keyfile $host t6 remote=fd31::$peer ifname=t6 $vpn ipv6.address1=fd08::$me/126
    keyfile $host native connection.type=ip-tunnel connection.interface-name=native ip-tunnel.mode=2 \
        ip-tunnel.local=172.31.0.1$me ip-tunnel.remote=172.31.0.1$peer ipv4.address1=192.168.9.$me/30 \
        "connection.secondaries=$(uuid_of $host native-ipsec);"
    keyfile $host native-ipsec protects=native $vpn
}
beside_start() { # hosts, daemons, tunnels, traffic
    local host name address
    host_new a b c
    link a eth0 b eth0
    link c eth0 a eth1
    beside_profiles a 1 2
    beside_profiles b 2 1
    for host in a b; do nowhere $host 192.168.8.0/24 fd08::/64 192.168.9.0/24; done
    outsider_prepare
    check "without IPsec the third host's packets get in" outsider_gets_in
    go charon_start a b
    go service_start a
    go service_start b
    join
    nm_start a b
    sniff_start a eth0 'not (ip proto 50 or ip6 proto 50)'
    outsider_start
    for host in b a; do
        wait_until "$PATIENCE" is_up $host wan
        for name in t4 t6; do check "$name comes up on $host" up $host $name ifname eth0; done
    done
    for address in $four $six $native; do traffic_start a $address; done
    check "traffic flows in all tunnels" flow_in_all 60
    standing=$(barriers a)
    check_equal "the policies of three barriers stand" 6 "$standing"
    nothing_clear "before anything is done"
}
flow_in_all() { # SECONDS
    local address
    for address in $four $six $native; do traffic_flows a $address "$1" || { echo "not to $address"; return 1; }; done
}
table_has() { on a nft list table inet nm-gre | grep -qF "$1"; } # ADDRESS
both_stand() { [ "$(barriers a)" = "$standing" ] && table_has 172.31.0.1; }
# TEXT CMD…: after it both barriers stand and traffic flows, by itself; nothing is in clear.
beside() {
    local text=$1
    check "$text" "${@:2}"
    check "$text: both barriers stand" wait_until 5 both_stand
    check "$text: traffic flows" flow_in_all 30
    nothing_clear "$text"
}
beside_end() {
    local address
    for address in $four $six $native; do
        traffic_stop a $address
        info "to $address: $LOST of $((LOST + RECEIVED)) lost, longest silence $((GAP / 10)).$((GAP % 10)) s"
    done
    sniff_stop a eth0
}
