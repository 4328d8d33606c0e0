# SPDX-License-Identifier: GPL-2.0-or-later
# IKEv1 main mode with a pre-shared key, for peers that know no other: up by either end, ESP only, the
# causes of a wrong key, down, nothing left. The same with RSA certificates; a key that it doesn't know is refused.
# file: ../../data/certificates
host_new a b
link a eth0 b eth0
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile b wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24,172.31.0.1
tunnel() { # HOST NAME PEER INNER PSK
    keyfile "$1" "$2" remote="$3" ipsec=psk ipsec-psk="$5" ipsec-ike-version=1 \
        ipsec-ike-proposals=aes128-sha1-modp2048 ipsec-esp-proposals=aes128-sha1 vpn.timeout=24 \
        ipv4.address1="192.168.8.$4/30"
}
tunnel a old 172.31.0.2 1 raclette
tunnel b old 172.31.0.1 2 raclette
tunnel a wrong 172.31.0.2 1 fondue
pubkey() { # HOST NAME PEER INNER KEY
    cp -r "$vm/certificates" "$(inside "$1" /etc/keys)"
    keyfile "$1" "$2" remote="$3" ipsec=pubkey ipsec-ike-version=1 ipsec-ca=/etc/keys/ca.pem vpn.timeout=24 \
        ipsec-cert="/etc/keys/$5.pem" ipsec-private-key="/etc/keys/$5.key" ipv4.address1="192.168.8.$4/30"
}
pubkey a rsa 172.31.0.2 1 a-rsa
pubkey b rsa 172.31.0.1 2 b-rsa
pubkey a ed 172.31.0.2 1 a-ed
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
snapshot a
snapshot b
sniff_start a eth0
up b old & other=$!
check "the tunnel comes up on a" up a old
check "the tunnel comes up on the peer" wait $other
check "the SA is IKEv1" on a sh -c 'swanctl --list-sas --raw | grep -q "version=1 .*state=ESTABLISHED"'
check "pings pass through the tunnel" on a ping -c 3 -i 0.3 -W 5 192.168.8.2
check_equal "the tunnel has the MTU of aes128-sha1" 1434 "$(on a cat /sys/class/net/nmgre0/mtu)"
expect_no_clear a eth0 "with IKEv1"
check_number "the traffic was ESP" "$ESP_OUT" -ge 3
check "the tunnel goes down" down a old
check_not "a tunnel with a wrong pre-shared key does not come up" up a wrong
check "its cause" eval 'journal a | grep -F "[wrong] failed: " | grep -q "wrong pre-shared key"'
check_equal "NetworkManager's reason is login-failed" login-failed "$(reason a wrong | sed 's/:.*//')"
down b old
expect_no_clear a eth0 "going down"
up b rsa & other=$!
check "certificates: the tunnel comes up on a" up a rsa
check "certificates: the tunnel comes up on the peer" wait $other
check "certificates: the SA is IKEv1" on a sh -c 'swanctl --list-sas --raw | grep -q "version=1 .*state=ESTABLISHED"'
check "certificates: pings pass through the tunnel" on a ping -c 3 -i 0.3 -W 5 192.168.8.2
down a rsa
down b rsa
check_not "an Ed25519 certificate does not come up with IKEv1" up a ed
check "its cause" eval 'journal a | grep -F "[ed] failed: " | grep -F "IKEv1 has no Ed25519"'
expect_no_clear a eth0 "with certificates"
sniff_stop a eth0
# What an IKEv1 responder has refused it keeps for half a minute, without a name.
wait_until 45 is_clean a
wait_until 45 is_clean b
expect_clean a
expect_clean b
