# SPDX-License-Identifier: GPL-2.0-or-later
# Real Libreswan at the other end, told what to do by nm-gre peer: its script runs there as it is.
# tests/setup unpacks it, as its package and strongSwan's exclude each other.
host_new a b
link a eth0 b eth0
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile a site-b vpn.persistent=true remote=172.31.0.2 key=9 ipsec=psk ipsec-psk='fondue, "moitié"' \
    ipsec-local-id=site-a ipsec-remote-id=b@example.org ipsec-esp-proposals=aes256gcm16 ipv4.address1=10.0.1.1/30
sh_on a 'ip addr add 10.1.0.1/24 dev lo'
service_start a
go nm_start a
go charon_start a
sh_on b 'ip addr add 172.31.0.2/24 dev eth0; ip link set eth0 up'
go libreswan_start b
join
check "the WAN comes up on a" wait_until "$PATIENCE" is_up a wan
sniff_start a eth0
check "the tunnel is up and waits for its peer" up a site-b
on a nm-gre peer site-b --format libreswan --name site-a --network 10.1.0.0/24 --show-secrets >"$hosts/a/peer.sh"
check "the script of nm-gre peer runs on Libreswan" libreswan b sh "$hosts/a/peer.sh"
reaches() { on "$1" ping -q -c 1 -W 1 "$2"; }
check "a reaches the peer" wait_until "$PATIENCE" reaches a 10.0.1.2
check "the peer reaches the network behind a" wait_until "$PATIENCE" reaches b 10.1.0.1
check "there is one SA" wait_until 10 eval '[ "$(sa_count a child)" = 1 ]'
check "the SA has AES-GCM" sh_on a "ip xfrm state list dst 172.31.0.2 | grep -F 'rfc4106(gcm(aes))'"
check "the SA is in transport mode" sh_on a "ip xfrm state list dst 172.31.0.2 | grep -F 'mode transport'"
expect_no_clear a eth0 "with Libreswan"
sniff_stop a eth0
