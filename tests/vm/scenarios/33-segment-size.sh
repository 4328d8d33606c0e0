# SPDX-License-Identifier: GPL-2.0-or-later
# TCP's segment size in what is forwarded through tunnels (mss-clamp): of a VPN profile and of a native tunnel, over IPv4
# and IPv6, in both directions; off; and after another program has flushed nftables. c is behind a, d behind b.
# also: debian13
host_new a b c d
link a eth0 b eth0
link a eth1 c eth0
link b eth1 d eth0
lan() { # HOST ROUTER NET
    router $2
    sh_on $1 "ip link set eth0 up; ip addr add 10.$3.0.2/24 dev eth0; ip addr add fd0$3::2/64 dev eth0 nodad
        ip route add default via 10.$3.0.1; ip route add default via fd0$3::1"
}
for host in a b; do
    me=1 peer=2
    [ $host = a ] || me=2 peer=1
    keyfile $host wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/24,172.31.0.254 \
        ipv4.address2=172.31.1.$me/24
    keyfile $host lan connection.type=ethernet connection.interface-name=eth1 ipv4.address1=10.$me.0.1/24 \
        ipv6.method=manual ipv6.address1=fd0$me::1/64
    keyfile $host t ifname=tun remote=172.31.0.$peer ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.8.$me/30 \
        ipv4.route1=10.$peer.0.0/24 ipv4.never-default=true ipv6.method=manual ipv6.address1=fd08::$me/64 \
        ipv6.route1=fd0$peer::/64 ipv6.never-default=true
    keyfile $host n connection.type=ip-tunnel connection.interface-name=nat connection.autoconnect=false \
        "connection.secondaries=$(uuid_of $host n-ipsec);" ip-tunnel.mode=2 ip-tunnel.local=172.31.1.$me \
        ip-tunnel.remote=172.31.1.$peer ipv4.address1=192.168.9.$me/30 ipv4.route1=10.$peer.0.0/24
    keyfile $host n-ipsec protects=n ipsec=psk ipsec-psk=fondue
    service_start $host
    go charon_start $host
    go nm_start $host
done
join
lan c a 1
lan d b 2
for host in a b; do check "$host has its LAN" wait_until "$PATIENCE" is_up $host lan; done
snapshot a
up_both() { # NAME
    go up a $1
    go up b $1
    join
}
cat >$tools/segment <<'E2'
#!/usr/bin/perl
# segment serve ADDRESS | segment ask ADDRESS: prints the size that this end of a connection may send.
use IO::Socket::IP;
my ($what, $address) = @ARGV;
if ($what eq 'serve') {
    my $s = IO::Socket::IP->new(LocalHost => $address, LocalPort => 99, Listen => 5, ReuseAddr => 1) or die $@;
    while (my $c = $s->accept) { print $c unpack('i', getsockopt($c, 6, 2)), "\n"; close $c }
}
my $s = IO::Socket::IP->new(PeerHost => $address, PeerPort => 99, Timeout => 10) or die $@;
print unpack('i', getsockopt($s, 6, 2)), ' ', scalar <$s>;
E2
chmod +x $tools/segment
for address in 10.2.0.2 fd02::2; do background d segment.log $tools/segment serve $address; done
sizes() { on c $tools/segment ask $1 || echo 'no answer'; } # ADDRESS: what c may send, what d may send
are() { [ "$(sizes $1)" = "$2" ] || { sizes $1; false; }; }
# A device of 1442 bytes, less 20 or 40 for IP, 20 for TCP, 12 for timestamps.
check "the VPN comes up" up_both t
check "through it, segments over IPv4 fit" wait_until 20 are 10.2.0.2 '1390 1390'
check "segments over IPv6 fit" wait_until 20 are fd02::2 '1370 1370'
on a nft flush ruleset
check "another program flushes nftables on a: they still fit" wait_until 5 are 10.2.0.2 '1390 1390'
for host in a b; do
    down $host t
    on $host nmcli con modify t +vpn.data mss-clamp=off
done
check "with mss-clamp=off it comes up" up_both t
check "segments are as the LANs have them" wait_until 20 are 10.2.0.2 '1448 1448'
for host in a b; do go down $host t; done
join
check "the native tunnel comes up" up_both n
check "through it, segments fit" wait_until 20 are 10.2.0.2 '1390 1390'
for host in a b; do go down $host n; done
join
table_gone() { ! on a nft list table inet nm-gre-mss; }
check "the table goes with the last tunnel" wait_until 10 table_gone
