# SPDX-License-Identifier: GPL-2.0-or-later
# Native gretap and ip6gretap tunnels, ports of a bridge: one Ethernet between the LANs of two sites, protected.
# timeout: 400
host_new a b lan1 lan2
link a eth0 b eth0
link a lan0 lan1 eth0
link b lan0 lan2 eth0
sh_on lan1 'ip addr add 10.0.0.1/24 dev eth0; ip addr add 10.0.6.1/24 dev eth0'
sh_on lan2 'ip addr add 10.0.0.2/24 dev eth0; ip addr add 10.0.6.2/24 dev eth0'
GRETAP=10 IP6GRETAP=11
port() { # HOST NAME TYPE BRIDGE [KEY=VALUE…]: a port has no addresses of its own
    local host=$1 name=$2
    sh_on "$host" "umask 077; mkdir -p /etc/NetworkManager/system-connections
        cat >/etc/NetworkManager/system-connections/$name.nmconnection" <<EOC
[connection]
id=$name
uuid=$(uuid_of "$host" "$name")
type=$3
interface-name=$name
master=$4
slave-type=bridge
autoconnect=false
$(printf '%s\n' "${@:5}")
EOC
}
end() { # HOST ME PEER
    local host=$1
    keyfile "$host" wan connection.type=ethernet connection.interface-name=eth0 \
        ipv4.address1="172.31.0.$2/24,172.31.0.$3" ipv6.address1="fd31::$2/64,fd31::$3"
    keyfile "$host" br0 connection.autoconnect=false connection.type=bridge connection.interface-name=br0 bridge.stp=false ipv4.method=disabled
    port "$host" lan0 ethernet br0
    port "$host" tap4 ip-tunnel br0 "secondaries=$(uuid_of "$host" tap4-ipsec);" \
        '[ip-tunnel]' mode=$GRETAP local="172.31.0.$2" remote="172.31.0.$3"
    port "$host" tap6 ip-tunnel br0 "secondaries=$(uuid_of "$host" tap6-ipsec);" \
        '[ip-tunnel]' mode=$IP6GRETAP local="fd31::$2" remote="fd31::$3"
    keyfile "$host" tap4-ipsec protects=tap4 ipsec=psk ipsec-psk=raclette
    keyfile "$host" tap6-ipsec protects="$(uuid_of "$host" tap6)" ipsec=psk ipsec-psk=fondue
}
end a 1 2
end b 2 1
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
snapshot a
sniff_start a eth0
bridge() { up "$1" br0 && up "$1" lan0; }
go bridge a
go bridge b
check "the bridges come up" join
mtu() { on "$1" cat "/sys/class/net/$2/mtu"; }
for tap in tap4 tap6; do
    go check "$tap comes up on a" up a $tap
    go check "$tap comes up on b" up b $tap
    join
    check "$tap: one LAN reaches the other" wait_until 30 on lan1 ping -c 1 -W 1 10.0.0.2
    check "$tap: both LANs are one Ethernet" eval \
        "on lan1 ip neigh show 10.0.0.2 | grep -q \"\$(on lan2 cat /sys/class/net/eth0/address)\""
    check_equal "$tap: the MTU is what fits ESP" $([ $tap = tap4 ] && echo 1428 || echo 1400) "$(mtu a $tap)"
    fits=$(mtu a $tap)
    sh_on lan1 "ip link set eth0 mtu $fits"
    check "$tap: a packet of the MTU passes" on lan1 ping -q -c 1 -W 5 -M do -s $((fits - 28)) 10.0.0.2
    expect_no_clear a eth0 "with $tap"
    check_number "$tap: the traffic was ESP" "$ESP_OUT" -ge 2
    go down a $tap
    go down b $tap
    check "$tap: the tunnel goes down" join
    check_not "$tap: the LANs are apart after it went down" on lan1 ping -c 1 -W 2 10.0.0.2
done
go on a nmcli -w 30 con down lan0 br0
join
expect_clean a
