# SPDX-License-Identifier: GPL-2.0-or-later
# Other vendors' IKE, by what their own manuals say: Libreswan with raw RSA keys, with certificates and behind a
# 1:1 NAT, and as the end that stays where ours takes the other's file over; strongSwan by ipsec.conf and
# ipsec.secrets, with a pre-shared key and with certificates. All at once, each begun by one of the two ends.
# timeout: 400
# file: ../../data/certificates
# Ours at a; g routes, and has 172.31.0.3 for Libreswan's 10.9.0.3.
host_new a b c g
link a eth0 g eth0
link b eth0 g eth1
link c eth0 g eth2
router g eth0 172.31.0.254/24 eth1 10.9.0.254/24 eth2 10.8.0.254/24
sh_on g 'ip addr add 172.31.0.3/24 dev eth0
    nft add table ip nat
    nft add chain ip nat in "{ type nat hook prerouting priority dstnat; }"
    nft add chain ip nat out "{ type nat hook postrouting priority srcnat; }"
    nft add rule ip nat in ip daddr 172.31.0.3 dnat to 10.9.0.3
    nft add rule ip nat out ip saddr 10.9.0.3 snat to 172.31.0.3'
for h in a b c; do cp -r "$vm/certificates" "$(inside $h /etc/keys)"; done
sh_on a 'chmod 600 /etc/keys/*.key'
sh_on b 'for n in 2 3 4 5; do ip addr add 10.9.0.$n/24 dev eth0; done; ip route add default via 10.9.0.254'
sh_on c 'for n in 2 3; do ip addr add 10.8.0.$n/24 dev eth0; done; ip route add default via 10.8.0.254'
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.254

declare -A remote=([raw]=10.9.0.2 [nat]=172.31.0.3 [cert]=10.9.0.4 [old]=10.8.0.2 [oldcert]=10.8.0.3)
declare -A number=([raw]=1 [nat]=2 [cert]=3 [old]=4 [oldcert]=5 [moved]=6)
declare -A other=([raw]=b [nat]=b [cert]=b [old]=c [oldcert]=c [moved]=b)
tunnels='raw nat cert old oldcert moved'
tunnel() { # NAME KEY=VALUE…
    keyfile a "$1" remote="${remote[$1]}" ipv4.address1="10.0.${number[$1]}.1/30" vpn.timeout=90 "${@:2}"
}
certified=(ipsec=pubkey ipsec-ca=/etc/keys/ca.pem ipsec-cert=/etc/keys/a-rsa.pem ipsec-private-key=/etc/keys/a-rsa.key)
tunnel nat ipsec=psk ipsec-psk=fondue ipsec-remote-id=b.nat.example ipsec-ike-version=1 ipsec-start=respond
tunnel cert "${certified[@]}" ipsec-remote-id=b.example ipsec-start=respond
tunnel old ipsec=psk ipsec-psk=raclette ipsec-start=respond
tunnel oldcert "${certified[@]}" ipsec-local-id=a.example ipsec-remote-id=b.example

sh_on b 'mkdir -p /etc/ipsec.d; cat >/etc/ipsec.d/site-a.conf' <<EOC
conn %default
    type=transport
    ikev2=insist
    right=172.31.0.1
    leftprotoport=gre
    rightprotoport=gre
    pfs=no
    auto=add
conn nat
    ikev2=no
    authby=secret
    left=10.9.0.3
    leftid=@b.nat.example
conn cert
    authby=rsasig
    left=10.9.0.4
    leftcert=b-rsa
    leftid=@b.example
    rightid=172.31.0.1
    rightca=%same
conn raw
    authby=rsasig
    left=10.9.0.2
    rightid=@site-a
    rightrsasigkey=$(<"$vm/certificates/a-rsa.rfc3110")
EOC
# The same file is at both ends of a Libreswan's tunnel. It renews with a group, in which ike= has one.
for h in a b; do
    sh_on $h 'mkdir -p /etc/ipsec.d; umask 077; cd /etc/ipsec.d; cat >moved.conf
        echo "10.9.0.5 172.31.0.1 : PSK \"tomme\"" >moved.secrets' <<'EOC'
conn moved
    type=transport
    ikev2=insist
    authby=secret
    left=10.9.0.5
    right=172.31.0.1
    leftprotoport=gre
    rightprotoport=gre
    ike=aes256-sha2_256;dh14
    esp=aes256-sha2_256
    pfs=yes
    auto=add
EOC
done
sh_on b 'umask 077; cat >/etc/ipsec.d/site-a.secrets' <<'EOC'
@b.nat.example 172.31.0.1 : PSK "fondue"
EOC
sh_on c 'cat >/etc/ipsec.conf; mkdir -p /etc/ipsec.d/{cacerts,certs,private,aacerts,acerts,crls,ocspcerts,reqs}
    cp /etc/keys/ca.pem /etc/keys/inter.pem /etc/ipsec.d/cacerts; cp /etc/keys/b-ec.pem /etc/ipsec.d/certs
    cp /etc/keys/b-ec.key /etc/ipsec.d/private' <<'EOC'
config setup
conn %default
    keyexchange=ikev2
    type=transport
    right=172.31.0.1
    leftprotoport=47
    rightprotoport=47
conn old
    left=10.8.0.2
    authby=secret
    auto=add
conn oldcert
    left=10.8.0.3
    leftcert=b-ec.pem
    leftid=@b.example
    rightid=@a.example
    rightca="O=NetworkManager-gre tests, CN=Test CA"
    auto=add
EOC
sh_on c 'umask 077; cat >/etc/ipsec.secrets' <<'EOC'
10.8.0.2 172.31.0.1 : PSK "raclette"
: PKCS8 b-ec.key
EOC
service_start a
go nm_start a
go charon_start a
go starter_start c
go libreswan_start b 'ipsec newhostkey --bits 2192; pk12util -i /etc/keys/b-rsa.p12 -d sql:/var/lib/ipsec/nss -W raclette
    certutil -M -d sql:/var/lib/ipsec/nss -n "Test CA - NetworkManager-gre tests" -t CT,,
    ipsec showhostkey --left --rsaid $(ipsec showhostkey --list | sed -n "s/.*RSA keyid: \([^ ]*\).*/\1/p") >/tmp/h/b/showhostkey
    cat /tmp/h/b/showhostkey >>/etc/ipsec.d/site-a.conf
    sed -i "s/^config setup.*/&\n\tikev1-policy=accept/" /etc/ipsec.conf'
join
tunnel raw ipsec=pubkey ipsec-private-key=/etc/keys/a-rsa.key ipsec-local-id=site-a \
    ipsec-remote-pubkey="$(sed -n 's/.*leftrsasigkey=//p' "$hosts/b/showhostkey")"
on a nmcli con load /etc/NetworkManager/system-connections/raw.nmconnection
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 10.9.0.2
check "a Libreswan's file is imported" on a nmcli con import type gre file /etc/ipsec.d/moved.conf
on a nmcli con modify moved ipv4.method manual ipv4.addresses 10.0.6.1/30
snapshot a
sniff_start a eth0
for name in $tunnels; do go check "$name: the tunnel comes up" up a $name; done
join
go check "cert: Libreswan initiates" libreswan b ipsec auto --up cert
go check "nat: Libreswan initiates" libreswan b ipsec auto --up nat
go check "old: the starter's strongSwan initiates" sh_on c 'ipsec up old | grep "established successfully"'
join
# The other ends' devices only now that they have their SAs, as they have no barrier.
sh_on b 'n=1; for local in 2 3 4; do
    ip tunnel add gre$n mode gre local 10.9.0.$local remote 172.31.0.1 ttl 64
    ip addr add 10.0.$n.2/30 dev gre$n; ip link set gre$n mtu 1400 up; n=$((n + 1)); done
    ip tunnel add gre6 mode gre local 10.9.0.5 remote 172.31.0.1 ttl 64
    ip addr add 10.0.6.2/30 dev gre6; ip link set gre6 mtu 1400 up'
sh_on c 'n=4; for local in 2 3; do
    ip tunnel add gre$n mode gre local 10.8.0.$local remote 172.31.0.1 ttl 64
    ip addr add 10.0.$n.2/30 dev gre$n; ip link set gre$n mtu 1400 up; n=$((n + 1)); done'
go check "raw: Libreswan rekeys the SA" libreswan b timeout 30 ipsec whack --rekey-ipsec --name raw
go check "moved: Libreswan rekeys the SA" libreswan b timeout 30 ipsec whack --rekey-ipsec --name moved
go check "nat: a rekeys the SA" on a swanctl --rekey --ike nm-gre-172-31-0-1_172-31-0-3 --child gre
join
reaches() { on "$1" ping -q -c 2 -i 0.3 -W 5 "$2"; }
for name in $tunnels; do
    go check "$name: a reaches the peer" reaches a 10.0.${number[$name]}.2
    go check "$name: the peer reaches a" reaches ${other[$name]} 10.0.${number[$name]}.1
done
join
one_each() { [ "$(sa_count a ike) $(sa_count a child)" = "6 6" ]; }
check "there is one SA for each tunnel" wait_until 20 one_each
expect_no_clear a eth0 "with other vendors"
for name in $tunnels; do go check "$name: the tunnel goes down" down a $name; done
join
expect_clean a
sniff_stop a eth0
