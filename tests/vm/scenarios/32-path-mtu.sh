# SPDX-License-Identifier: GPL-2.0-or-later
# A link on the way carries 1300 bytes only. Packets that may be fragmented pass, as the tunnel's MTU follows what the
# kernel has learned of the path, and goes up again after the kernel has forgotten it: a VPN profile over IPv4 and
# IPv6, with IPsec and without, and a native tunnel.
host_new a b r
link a eth0 r eth0
link b eth0 r eth1
router r eth0 10.0.1.254/24 eth0 fd31::254/64 eth1 10.0.2.254/24 eth1 fd32::254/64
for host in a b; do
    me=1 peer=2
    [ $host = a ] || me=2 peer=1
    keyfile $host wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=10.0.$me.1/24,10.0.$me.254 \
        ipv4.address2=10.0.$me.2/24 ipv6.method=manual ipv6.address1=fd3$me::1/64,fd3$me::254
    keyfile $host four ifname=four remote=10.0.$peer.1 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.4.$me/30
    keyfile $host six ifname=six remote=fd3$peer::1 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.6.$me/30
    keyfile $host open ifname=open remote=10.0.$peer.2 local=10.0.$me.2 ipv4.address1=192.168.7.$me/30
    keyfile $host n connection.type=ip-tunnel connection.interface-name=nat connection.autoconnect=false \
        "connection.secondaries=$(uuid_of $host n-ipsec);" ip-tunnel.mode=2 ip-tunnel.local=10.0.$me.1 \
        ip-tunnel.remote=10.0.$peer.1 ip-tunnel.input-key=9 ip-tunnel.output-key=9 ipv4.address1=192.168.9.$me/30
    keyfile $host n-ipsec protects=n ipsec=psk ipsec-psk=raclette
    service_start $host
    go charon_start $host
    go nm_start $host
done
join
check "hosts see each other over IPv4" wait_until "$PATIENCE" on a ping -q -c 1 -W 1 10.0.2.1
check "and over IPv6" wait_until "$PATIENCE" on a ping -q -c 1 -W 1 fd32::1
for name in four six open n; do
    for host in a b; do go up $host $name; done
    check "$name comes up" join
done
# The kernel remembers for ten minutes.
for host in a b; do on $host sysctl -qw net.ipv4.route.mtu_expires=20 net.ipv6.route.mtu_expires=20; done
mtu_of() { on "$1" cat "/sys/class/net/$2/mtu"; } # HOST DEVICE
has_mtu() { [ "$(mtu_of a $1)" = "$2" ]; }        # DEVICE BYTES
whole() { # DEVICE: its MTU before
    case $1 in
    four) echo 1442 ;; six) echo 1422 ;; open) echo 1476 ;; nat) echo 1438 ;;
    esac
}
small() { echo $(($(whole $1) - 200)); }
tunnels="four:192.168.4.2 six:192.168.6.2 open:192.168.7.2 nat:192.168.9.2"
for each in $tunnels; do
    name=${each%:*}
    check "${name}'s MTU is $(whole $name) on a whole path" wait_until 10 has_mtu $name "$(whole $name)"
done
narrow() { on r ip link set eth1 mtu "$1"; on b ip link set eth0 mtu "$1"; } # BYTES
narrow 1300
passes() { on a ping -q -c 2 -i 0.3 -W 2 -M dont -s 1400 "$1"; } # ADDRESS
for each in $tunnels; do
    name=${each%:*} address=${each#*:}
    check "${name}: packets of 1400 bytes pass the narrow link" wait_until 10 passes $address
    check "its MTU is $(small $name)" has_mtu $name "$(small $name)"
done
check "the journal says so" eval 'journal a | grep -q "MTU changed from 1442 to 1242 bytes"'
narrow 1500
for each in $tunnels; do
    name=${each%:*}
    check "$name's MTU goes up again" wait_until 60 has_mtu $name "$(whole $name)"
done
for name in four six open n; do for host in a b; do go down $host $name; done; join; done
