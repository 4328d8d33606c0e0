# SPDX-License-Identifier: GPL-2.0-or-later
# NAT: 1:1 in front of one end and of both, one that shares its address, ESP in UDP where there is none, over
# IPv4 and IPv6. Then the NAT gives the ends other ports and other addresses, under traffic.
# timeout: 500
tunnels='one two masq encap six'
host_new a b r
link a eth0 r p1
link b eth0 r p2
link b eth1 r p3
router r p1 10.0.1.1/24 p1 fd10::1/64 p2 203.0.113.1/24 p2 fd20::1/64 p3 10.0.2.1/24
# PORTS ONE TWO: the ports of the shared address, the public addresses of a's other two. What the NAT knew is
# forgotten, as when it starts anew.
nat() {
    on r nft -f - <<EON
table ip nat
delete table ip nat
table ip nat {
    chain in {
        type nat hook prerouting priority dstnat
        dnat to ip daddr map { $2 : 10.0.1.2, $3 : 10.0.1.3, 198.51.100.99 : 10.0.2.2 }
    }
    chain out {
        type nat hook postrouting priority srcnat
        ip saddr 10.0.1.4 meta l4proto udp snat to 203.0.113.1:$1
        snat to ip saddr map { 10.0.1.2 : $2, 10.0.1.3 : $3, 10.0.2.2 : 198.51.100.99 }
    }
}
EON
    conntrack_flush r
}
wan_file() { # HOST NAME IF KEY=VALUE…
    keyfile "$1" "$2" connection.type=ethernet connection.interface-name="$3" "${@:4}"
}
wan_file a wan eth0 ipv4.address1=10.0.1.2/24,10.0.1.1 ipv4.address2=10.0.1.3/24 ipv4.address3=10.0.1.4/24 \
    ipv4.address4=10.0.1.5/24 ipv6.address1=fd10::2/64,fd10::1
wan_file b wan eth0 ipv4.address1=203.0.113.2/24,203.0.113.1 ipv4.address2=203.0.113.4/24 \
    ipv4.address3=203.0.113.5/24 ipv6.address1=fd20::2/64,fd20::1
wan_file b lan eth1 ipv4.address1=10.0.2.2/24 ipv4.route1=198.51.100.2/32,10.0.2.1
ends() { # NAME NET A-LOCAL A-REMOTE B-LOCAL B-REMOTE A-KEY=VALUE B-KEY=VALUE
    local common=(vpn.persistent=true ifname="$1" ipsec=psk ipsec-psk="gruyere-$1" ipsec-dpd-delay=10)
    keyfile a "$1" "${common[@]}" local="$3" remote="$4" ipv4.address1="192.168.$2.1/30" $7 \
        ipsec-local-id="a-$1" ipsec-remote-id="b-$1"
    keyfile b "$1" "${common[@]}" local="$5" remote="$6" ipv4.address1="192.168.$2.2/30" $8 \
        ipsec-local-id="b-$1" ipsec-remote-id="a-$1"
}
ends one 21 10.0.1.2 203.0.113.2 203.0.113.2 198.51.100.1
ends two 22 10.0.1.3 198.51.100.99 10.0.2.2 198.51.100.2 ipsec-start=respond
ends masq 23 10.0.1.4 203.0.113.4 203.0.113.4 203.0.113.1 '' ipsec-start=respond
ends encap 24 10.0.1.5 203.0.113.5 203.0.113.5 10.0.1.5 ipsec-encap=yes ipsec-start=respond
ends six 25 fd10::2 fd20::2 fd20::2 fd10::2 ipsec-encap=yes ipsec-encap=yes
go check "the NAT of a's network works" nat 20000-20999 198.51.100.1 198.51.100.2
for host in a b; do
    go service_start $host
    go charon_start $host
done
join
nm_start a b
check "the hosts see each other" wait_until 20 on a ping -c 1 -W 1 203.0.113.5
check "b reaches its own NAT" wait_until 20 on b ping -c 1 -W 1 10.0.2.1
go snapshot a
go snapshot b
for wire in 'a eth0' 'b eth0' 'b eth1'; do go sniff_start $wire; done
join
nothing_clear() { # TEXT
    expect_no_clear a eth0 "$1"
    expect_no_clear b eth0 "$1"
    expect_no_clear b eth1 "$1"
}
for host in a b; do
    for tunnel in $tunnels; do go check "$tunnel comes up on $host" up $host "$tunnel"; done
    join
done
reaches() { wait_until 30 on "$1" ping -q -c 1 -W 1 "$2"; }
net=21
for tunnel in $tunnels; do
    go check "$tunnel: a reaches b" reaches a 192.168.$net.2
    go check "$tunnel: b reaches a" reaches b 192.168.$net.1
    net=$((net + 1))
done
join

# --- what is told ----------------------------------------------------------------------------------

in_udp() { # HOST: how many SAs are in transport mode and in UDP
    on "$1" swanctl --list-sas --raw | grep -o 'state=INSTALLED mode=TRANSPORT protocol=ESP encap=yes' | wc -l
}
check_equal "all SAs are in transport mode and in UDP" "5 5" "$(in_udp a) $(in_udp b)"
mtus() { for tunnel in $tunnels; do on "$1" cat /sys/class/net/$tunnel/mtu; done | tr '\n' ' '; }
mtus_are() { [ "$(mtus "$1")" = "1434 1434 1434 1434 1414 " ] || { mtus "$1"; false; }; }
for host in a b; do check "MTUs on $host as README has them" wait_until 10 mtus_are $host; done
check "a packet of the MTU passes through two" on a ping -q -M do -c 1 -W 5 -s 1406 192.168.22.2
nat_row() { on "$1" nm-gre status "$2" | sed -n 's/^  NAT  *//p'; }
udp=', ESP travels in UDP' other='in front of the peer, or its ipsec-encap is yes'
check_equal "one: the status on a says NAT is at this side" "in front of this host$udp" "$(nat_row a one)"
check_equal "one: the status on b says NAT is at the peer's side" "$other$udp" "$(nat_row b one)"
check_equal "two: the status on b says NAT is at both sides" "in front of this host, $other$udp" "$(nat_row b two)"
check_equal "encap: the status on a says UDP without NAT" "none$udp" "$(nat_row a encap)"
check_equal "encap: the status on b says NAT at the peer's side" "$other$udp" "$(nat_row b encap)"
for host in a b; do
    for tunnel in one two masq; do go check "the doctor finds nothing wrong with $tunnel on $host" on $host nm-gre doctor $tunnel; done
    join
done
nothing_clear "until now"
check_equal "no ESP leaves outside UDP" 0 "$(frames a eth0 out 'ip proto 50 or ip6 proto 50')"

# --- another port ----------------------------------------------------------------------------------

flows() { # TEXT HOST ADDRESS SECONDS
    local seconds
    seconds=$(traffic_flows "$2" "$3" "$4") && ok "$1: traffic flows again after $seconds s" || bad "$1: traffic does not flow"
}
traffic_start a 192.168.23.2
check "traffic flows" traffic_flows a 192.168.23.2 10
check "the NAT maps the shared address to other ports" nat 30000-30999 198.51.100.1 198.51.100.2
flows "the side behind the NAT sends" a 192.168.23.2 20
traffic_stop a 192.168.23.2
info "longest silence $GAP tenths of a second, $LOST packets lost"
check_number "traffic enters b from the new ports" "$(frames b eth0 in 'udp and dst host 203.0.113.4 and src portrange 30000-30999')" -ge 4
traffic_start b 192.168.23.1
check "traffic flows" traffic_flows b 192.168.23.1 10
check "the NAT maps it to other ports again" nat 40000-40999 198.51.100.1 198.51.100.2
flows "only the peer sends, until the side behind the NAT sends a DPD (ipsec-dpd-delay=10)" b 192.168.23.1 40
traffic_stop b 192.168.23.1
info "longest silence $GAP tenths of a second, $LOST packets lost"
nothing_clear "with other ports"

# --- another address, which no tunnel leads to -----------------------------------------------------

seeking() { on b nm-gre status one | grep -E '^  state +seeking'; }
check_not "b does not call the tunnel active before that" seeking
for net in 21 22; do
    traffic_start a 192.168.$net.2
    traffic_start b 192.168.$net.1
done
check "traffic flows" traffic_flows a 192.168.21.2 10
check "traffic flows" traffic_flows b 192.168.22.1 10
check "the NAT maps a to other addresses" nat 40000-40999 198.51.100.8 198.51.100.9
told() { journal b | grep -F "[$1] a NAT changed the peer's address or port: its packets now come from $2"; }
go check "b's journal says what happened to one" wait_until 30 told one 198.51.100.8
go check "b's journal says what happened to two" wait_until 30 told two 198.51.100.9
join
check_not "no traffic flows through one while its address is another" traffic_flows a 192.168.21.2 5
check "b's status no longer calls one active" wait_until 10 seeking
nothing_clear "with other addresses"
for wire in 'a eth0' 'b eth0'; do
    info "ICMP with pieces of GRE on $wire: $(frames $wire out 'icmp[icmptype] = icmp-unreach and icmp[17] = 47') out," \
        "$(frames $wire in 'icmp[icmptype] = icmp-unreach and icmp[17] = 47') in"
done
check "the NAT maps a to the old addresses again" nat 40000-40999 198.51.100.1 198.51.100.2
go flows "one" a 192.168.21.2 90
go flows "two" b 192.168.22.1 90
join
for net in 21 22; do
    traffic_stop a 192.168.$net.2
    info "192.168.$net: longest silence $GAP tenths of a second, $LOST packets lost"
    traffic_stop b 192.168.$net.1
done
nothing_clear "with the old addresses"

# --- never in UDP --------------------------------------------------------------------------------------

encap() { on a nmcli con modify uuid "$(uuid_of a masq)" +vpn.data "ipsec-encap=$1"; } # VALUE
check "masq goes down on a" down a uuid "$(uuid_of a masq)"
encap no
up a uuid "$(uuid_of a masq)" # it may count as up for a moment
no_udp() { journal a | grep -F '[masq] failed: ipsec-encap=no: there is a NAT'; }
check "masq: with ipsec-encap=no the NAT is named as the cause" wait_until 30 no_udp
check "masq: it is down" wait_until 10 is_down a masq
encap auto
check "masq: without it it comes up again" up a uuid "$(uuid_of a masq)"

# --- the end ---------------------------------------------------------------------------------------

# By UUID: the profile that NetworkManager makes for a device it sees has the device's name, which is the tunnel's too.
for tunnel in $tunnels; do
    for end in a b; do go check "$tunnel goes down on $end" down $end uuid "$(uuid_of $end "$tunnel")"; done
done
join
go expect_clean a
go expect_clean b
join
nothing_clear "going down"
for wire in 'a eth0' 'b eth0' 'b eth1'; do sniff_stop $wire; done
