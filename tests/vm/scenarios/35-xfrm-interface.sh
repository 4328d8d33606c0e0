# SPDX-License-Identifier: GPL-2.0-or-later
# mode=xfrm, an XFRM interface without GRE: with itself over IPv4 and IPv6, with a VTI and with subnets by policies at the
# other end, as people write them by hand; both families inside. Policies and states flushed, strongSwan killed and
# stopped: nothing that is routed into the interface leaves in clear text, and traffic comes back.
# long
# timeout: 600
host_new a b c
switch s a eth0 b eth0 c eth0
for end in a b; do
    me=1 other=2
    [ $end = a ] || me=2 other=1
    # c is the default gateway: what no tunnel takes leaves.
    keyfile $end wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/24,172.31.0.3 \
        ipv6.address1=fd31::$me/64,fd31::3
    keyfile $end x4 persistent=true ifname=x4 mode=xfrm remote=172.31.0.$other ipsec=psk ipsec-psk=raclette \
        ipv4.address1=192.168.8.$me/30 ipv6.method=manual ipv6.address1=fd08::$me/64
    keyfile $end x6 persistent=true ifname=x6 mode=xfrm remote=fd31::$other ipsec=psk ipsec-psk=fondue \
        ipv4.method=auto ipv6.method=auto ip4=192.168.9.$me/30 ip6=fd09::$me/64 ipsec-esp-proposals=aes256-sha256
done
keyfile a vti persistent=true ifname=vti mode=xfrm remote=172.31.0.3 ipsec=psk ipsec-psk=tomme \
    ipv4.address1=192.168.10.1/30
keyfile a nets persistent=true ifname=nets mode=xfrm remote=172.31.0.4 ipsec=psk ipsec-psk=tomme \
    local-networks=10.1.0.0/24 remote-networks=10.4.0.0/24 ipv4.address1=10.1.0.1/32 ipv4.route1=10.4.0.0/24 \
    ipv4.route2=10.9.0.0/24
keyfile a other key=7 remote=172.31.0.2 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.11.1/30

# --- the other end, by hand ---------------------------------------------------------------------------

sh_on c 'ip addr add 172.31.0.3/24 dev eth0; ip addr add 172.31.0.4/24 dev eth0; ip addr add fd31::3/64 dev eth0 nodad
    ip link add v1 type vti local 172.31.0.3 remote 172.31.0.1 key 42
    sysctl -qw net.ipv4.conf.v1.disable_policy=1
    ip addr add 192.168.10.2/30 dev v1; ip link set v1 mtu 1446 up
    ip addr add 10.4.0.1/32 dev lo; ip route add 10.1.0.0/24 dev eth0 src 10.4.0.1
    mkdir -p /etc/strongswan.d; printf "charon-systemd { install_routes = no }\n" >/etc/strongswan.d/yy-routes.conf'
gateway() { # NAME LOCAL OURS THEIRS [KEY=VALUE]
    swanctl_conf c "$1" <<EOC
connections { $1 { version = 2
    local_addrs = $2
    remote_addrs = 172.31.0.1
    local { auth = psk
        id = $2 }
    remote { auth = psk
        id = 172.31.0.1 }
    children { $1 { mode = tunnel
        local_ts = $3
        remote_ts = $4
        ${5:-}
        ${6:-}
        start_action = none } } } }
secrets { ike-$1 { id-1 = $2
    id-2 = 172.31.0.1
    secret = tomme } }
EOC
}
gateway vti 172.31.0.3 0.0.0.0/0 0.0.0.0/0 "mark_in = 42" "mark_out = 42"
gateway nets 172.31.0.4 10.4.0.0/24 10.1.0.0/24
for end in a b; do
    service_start $end
    go nm_start $end
done
go charon_start a b c
join
snapshot a
sniff_start a eth0
for end in b a; do
    for name in x4 x6; do go check "$name comes up on $end" up $end $name; done
    join # NetworkManager gives a VPN service 5 s to appear
done
for name in vti nets; do go check "$name comes up on a" up a $name; done
join

# --- up -------------------------------------------------------------------------------------------------

# What was inside: nothing but the tunnels' packets has these addresses.
CLEAR='(ip and (net 192.168.0.0/16 or net 10.0.0.0/8)) or (ip6 and (net fd08::/64 or net fd09::/64))'
out=0 in=0 esp=0
no_clear() { # TEXT: since the last call
    local now_out now_in now_esp
    now_out=$(frames a eth0 out "$CLEAR") now_in=$(frames a eth0 in "$CLEAR") now_esp=$(packets a eth0 esp out)
    check_equal "$1: nothing passes in clear text (ESP out $((now_esp - esp)))" "0 0" "$((now_out - out)) $((now_in - in))"
    out=$now_out in=$now_in esp=$now_esp
}
reaches() { on "$1" ping -q -c 1 -W 2 "$2"; }
mtu_is() { [ "$(on "$1" cat /sys/class/net/$2/mtu)" = "$3" ]; }
works() { # HOST ADDRESS
    check "$1 reaches $2" wait_until "$PATIENCE" reaches "$1" "$2"
}
for to in 192.168.8.2 fd08::2 192.168.9.2 fd09::2 192.168.10.2 10.4.0.1; do go works a $to; done
join # c's policies take nothing before there is an SA
for to in 192.168.8.1 fd08::1 192.168.9.1 fd09::1; do go works b $to; done
for to in 192.168.10.1 10.1.0.1; do go works c $to; done
join
for pair in x4:1446 x6:1406 vti:1446 nets:1446; do
    check "the MTU of ${pair%:*} is ${pair#*:}" wait_until 10 mtu_is a ${pair%:*} ${pair#*:}
done
check "a packet of that size passes" on a ping -q -M do -c 1 -W 5 -s $((1446 - 28)) 192.168.8.2
check_number "it fills the link" "$(frames a eth0 out 'ip proto 50 and ip[2:2] = 1500')" -ge 1
if_id() { on "$1" ip -d -o link show "$2" | sed -n 's/.* if_id \(0x[0-9a-f]*\).*/\1/p'; }
check_number "the if_id is one that nobody has chosen" "$(($(if_id a x4)))" -gt 65535
check_equal "it is in the policies of both families, out, in and forwarded" 6 \
    "$(on a ip xfrm policy | grep -c "if_id $(if_id a x4)$")"
check_equal "strongSwan has made no route" "" "$(sh_on a 'ip route show table 220; ip -6 route show table 220')"
check "the status names the mode" sh_on a 'nm-gre status x4 | grep -q "x4, xfrm"'
check "the status adds up no GRE" sh_on a 'nm-gre status x4 | tr -s " \n" "  " | grep -q "link MTU 1500 - 20 outer IP - 8 ESP - 8 IV - 18 padding and ICV"'
check_not "the status has no barrier" sh_on a 'nm-gre status x4 | grep -q barrier'
check_equal "a bars nothing" 0 "$(barriers a)"
check_not "a GRE tunnel of the same addresses does not come up" up a other
check "its error names the other tunnel" eval \
    'journal a | grep -q "mode: \"x4\" has a tunnel between the same two addresses"'
check_not "a packet outside of the negotiated networks does not leave" on a ping -q -c 1 -W 1 10.9.0.1
no_clear "up"

# --- flushes and the end of strongSwan ------------------------------------------------------------------

targets='192.168.8.2 fd09::2 192.168.10.2 10.4.0.1'
for to in $targets; do traffic_start a $to; done
flow() { for to in $targets; do traffic_flows a $to "$1" || return 1; done; }
check "traffic flows in all" flow 20
for what in "ip xfrm policy flush" "ip xfrm state flush" "ip xfrm policy flush; ip xfrm state flush"; do
    on a sh -c "$what"
    check "$what: traffic flows again" flow 40
    no_clear "$what"
done
charon_kill a
pause 1
check "strongSwan killed: traffic goes on" flow 20
on a ip xfrm state flush
on a ip xfrm policy flush
pause 2
no_clear "strongSwan killed, and all flushed"
charon_start a
check "traffic flows again" flow 90
charon_stop a
pause 2
no_clear "strongSwan stopped"
charon_start a
check "traffic flows again" flow 90
no_clear "strongSwan is back"
for to in $targets; do traffic_stop a $to; done

# --- the end ------------------------------------------------------------------------------------------

for name in x4 x6 vti nets; do go check "$name goes down on a" down a $name; done
join
expect_clean a
no_clear "going down"
# The same packets without a tunnel, as a control.
for to in 192.168.8.2 fd08::2; do on a ping -q -c 1 -W 1 $to; done
check_number "without a tunnel, both families leave in clear text, and are counted" $(($(frames a eth0 out "$CLEAR") - out)) -ge 2
sniff_stop a eth0
