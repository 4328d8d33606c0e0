# SPDX-License-Identifier: GPL-2.0-or-later
# The way to the peer changes while the tunnel is up, and it follows: another address from DHCP behind a NAT that
# looks the same to the peer, a second WAN with a better default route, an interface that goes down; and at the other end
# the name of this one, which has another address by then. Three tunnels: in IPsec, native in IPsec, plain.
# Names in IPv4 and IPv6.
# timeout: 400
host_new r a b
link a eth0 r eth0
link a eth1 r eth1
link b eth0 r eth2
# Behind r: the first WAN is private, all of it is 198.51.100.1 to the peer; the second one isn't.
router r eth0 10.1.0.254/24 eth1 172.31.1.254/24 eth2 198.51.100.254/24
sh_on r 'ip addr add 198.51.100.1/32 dev eth2
    nft add table ip nat
    nft "add chain ip nat out { type nat hook postrouting priority 100; }"
    nft "add chain ip nat in { type nat hook prerouting priority -100; }"
    nft "add map ip nat inner { type ipv4_addr : ipv4_addr; }"
    nft add element ip nat inner "{ 198.51.100.1 : 10.1.0.1 }"
    nft add rule ip nat out ip saddr 10.1.0.0/24 snat to 198.51.100.1
    nft add rule ip nat in dnat to ip daddr map @inner'
nat_to() { # ADDRESS: the one behind it that 198.51.100.1 is now
    on r nft flush map ip nat inner
    on r nft add element ip nat inner "{ 198.51.100.1 : $1 }"
}
keyfile a wan0 connection.type=ethernet connection.interface-name=eth0 ipv4.address1=10.1.0.1/24,10.1.0.254 \
    ipv4.route-metric=100
keyfile a wan1 connection.type=ethernet connection.interface-name=eth1 ipv4.address1=172.31.1.1/24,172.31.1.254 \
    ipv4.route-metric=200
keyfile b wan0 connection.type=ethernet connection.interface-name=eth0 ipv4.address1=198.51.100.2/24,198.51.100.254 \
    ipv4.address2=198.51.100.3/24 ipv6.address1=fd31::2/64
# ADDRESS: the name has one in IPv6 too; which family it is the mode says.
name_is() { sh_on b "printf '%s branch.example\n' fd31::9 $1 >/etc/hosts.new; mv /etc/hosts.new /etc/hosts"; }
name_is 198.51.100.1
common=(connection.autoconnect=false persistent=true ipsec=psk ipsec-psk=raclette ipsec-dpd-delay=2)
keyfile a site "${common[@]}" remote=198.51.100.2 ipsec-local-id=a@example.org ifname=gre1 ipv4.address1=192.168.8.1/30
keyfile b site "${common[@]}" remote=branch.example mode=gre ipsec-remote-id=a@example.org ifname=gre1 \
    ipv4.address1=192.168.8.2/30
# A native tunnel takes what comes to any address of a; its companion moves.
keyfile a native connection.type=ip-tunnel connection.interface-name=gre2 connection.autoconnect=false \
    "connection.secondaries=$(uuid_of a native-ipsec);" ip-tunnel.mode=2 ip-tunnel.remote=198.51.100.3 \
    ipv4.address1=192.168.7.1/30
keyfile a native-ipsec "${common[@]}" protects=native ipsec-local-id=a@example.org
keyfile b six connection.autoconnect=false remote=branch.example mode=ip6gre ifname=gre6 ipv4.address1=192.168.6.1/30
keyfile b native "${common[@]}" remote=branch.example local=198.51.100.3 ipsec-remote-id=a@example.org ifname=gre2 \
    ipv4.address1=192.168.7.2/30
keyfile a plain connection.autoconnect=false persistent=true remote=198.51.100.9 ifname=gre9 key=9 ipv4.address1=192.168.9.1/30
for host in a b; do on $host sysctl -qw net.ipv6.conf.default.disable_ipv6=1; done # plain ones send nothing then
go service_start a
go service_start b
go charon_start a b
join
nm_start a b
snapshot a
snapshot b
sniff_start r eth0
sniff_start r eth1
sniff_start r eth2

local_of() { on a ip -d -o link show "$1" | grep -o 'local [^ ]*'; } # DEVICE
is_at() { [ "$(local_of "$1")" = "local $2" ]; }                     # DEVICE ADDRESS
ups() { local name; for name in "${@:2}"; do check "$name comes up at $1" up "$1" "$name"; done; } # HOST NAME…
go ups a site native plain
go ups b site native six
join
check_equal "a host name can lead to an IPv6 address" "remote fd31::9" "$(on b ip -d -o link show gre6 | grep -o 'remote [^ ]*')"
check_equal "the tunnel begins at the first WAN" "local 10.1.0.1" "$(local_of gre1)"
traffic_start a 192.168.8.2
traffic_start a 192.168.7.2
flows() { # SECONDS: whether traffic flows in both
    local took
    took=$(traffic_flows a 192.168.8.2 "$1") && ok "traffic flows ($took s)" || bad "traffic does not flow"
    took=$(traffic_flows a 192.168.7.2 "$1") && ok "traffic flows in the native tunnel ($took s)" || bad "traffic does not flow in the native tunnel"
}
flows 20
index=$(on a cat /sys/class/net/gre1/ifindex)

# --- another address, as DHCP may give ------------------------------------------------------------------
follows() { # TEXT ADDRESS: what was done, and where the tunnels are then
    go check "$1: the tunnel is at $2 within 5 s" wait_until 5 is_at gre1 "$2"
    go check "$1: the plain tunnel is at $2 within 5 s" wait_until 5 is_at gre9 "$2"
    join
}
nat_to 10.1.0.7
on a nmcli dev modify eth0 ipv4.addresses 10.1.0.7/24
follows "another address" 10.1.0.7
flows 30
check_equal "the device is the same one after the move" "$index" "$(on a cat /sys/class/net/gre1/ifindex)"
check "nmcli calls the tunnel activated" is_up a site

# --- another default route ------------------------------------------------------------------------------
name_is 172.31.1.1
on a nmcli dev modify eth1 ipv4.route-metric 50
follows "a better default route" 172.31.1.1
flows 60 # the peer finds the other address of the name
check_equal "the peer's device has the new address" "remote 172.31.1.1" "$(on b ip -d -o link show gre1 | grep -o 'remote [^ ]*')"

# --- an interface that goes down ------------------------------------------------------------------------
name_is 198.51.100.1
link_cut a eth1
follows "the interface goes down" 10.1.0.7
flows 60
for address in 192.168.8.2 192.168.7.2; do
    traffic_stop a $address
    info "$address: lost $LOST, received $RECEIVED, longest gap $((GAP / 10)).$((GAP % 10)) s"
done

for wire in eth0 eth1 eth2; do expect_no_clear r $wire "through all of it"; done
check_equal "there is one SA for each tunnel" "2 2" "$(sa_count a child) $(sa_count b child)"
downs() { local name; for name in "${@:2}"; do check "$name goes down at $1" down "$1" "$name"; done; } # HOST NAME…
go downs a site native plain
go downs b site native six
link_mend a eth1
on a nmcli dev reapply eth0
join
expect_clean a
expect_clean b
