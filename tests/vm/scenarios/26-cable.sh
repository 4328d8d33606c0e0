# SPDX-License-Identifier: GPL-2.0-or-later
# The address of a tunnel's own end goes and comes back: its route stays without it, then a cable is out for seconds. The
# kernel would send from the link-local address of another tunnel meanwhile; the tunnel waits for its own and is back
# within 5 s of its return.
host_new a b
switch s a eth0 b eth0
for host in a b; do
    me=1 peer=2
    [ $host = a ] || me=2 peer=1
    keyfile $host wan connection.type=ethernet connection.interface-name=eth0 \
        ipv4.address1=172.31.0.$me/24,172.31.0.254 ipv6.address1=fd31::$me/64
    common=(connection.autoconnect=false persistent=true ipsec=psk ipsec-psk=raclette ipsec-dpd-delay=2)
    keyfile $host t4 "${common[@]}" remote=172.31.0.$peer ipv4.address1=192.168.8.$me/30
    keyfile $host t6 "${common[@]}" remote=fd31::$peer ipv6.address1=fd08::$me/126
done
go service_start a
go service_start b
go charon_start a b
go nm_start a b
join
for host in a b; do
    check "the WAN comes up on $host" wait_until "$PATIENCE" is_up $host wan
    for name in t4 t6; do go check "$name comes up on $host" up $host $name; done
done
join
six() { on a ip -d -o link show type ip6gre | grep -v ip6gre0 | grep -o 'local [^ ]*'; }
check_equal "the tunnel begins at its own address" "local fd31::1" "$(six)"
borrowed() { on a ip -6 -o addr show | grep -q 'fe80::5efe:ac1f:1/'; }
check "a tunnel has a link-local address that the kernel could borrow" wait_until 5 borrowed
traffic_start a fd08::2
check "traffic flows" traffic_flows a fd08::2 20
moved() { journal a | grep 'moving the tunnel' | grep -c -e 'fe80:' -e 'fd08:'; }

# --- the address goes, a route stays -----------------------------------------------------------------------
on a ip -6 addr del fd31::1/64 dev eth0
on a ip -6 route replace fd31::/64 dev eth0 metric 50
route() { on a ip -6 route get fd31::2 2>&1; }
check "the kernel would send from another interface's address" eval 'route | grep -q -e "src fe80:" -e "src fd08:"'
pause 4
check_equal "the tunnel waits where it is" "local fd31::1" "$(six)"
on a ip -6 addr add fd31::1/64 dev eth0 nodad
took=$(traffic_flows a fd08::2 5) && ok "traffic flows again within 5 s of the address's return ($took s)" ||
    bad "no traffic within 5 s of the address's return"
on a ip -6 route del fd31::/64 dev eth0 metric 50

# --- a cable is out ----------------------------------------------------------------------------------------
link_cut s p1
pause 8
link_mend s p1
has_address() { on a ip -6 -o addr show dev eth0 to fd31::1 -tentative | grep -q fd31; }
check "the address comes back" wait_until 30 has_address
took=$(traffic_flows a fd08::2 5) && ok "traffic flows again within 5 s of the address's return ($took s)" ||
    bad "no traffic within 5 s of the address's return"
check_equal "the tunnel is where it was" "local fd31::1" "$(six)"
check_equal "it never moved to a borrowed address" 0 "$(moved)"
traffic_stop a fd08::2
