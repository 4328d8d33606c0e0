# SPDX-License-Identifier: GPL-2.0-or-later
# A private key that stays in a token (SoftHSM): strongSwan's pkcs11 plugin signs with it; a wrong PIN, a token that
# has no such key, and a key that belongs to another certificate.
# timeout: 400
# file: ../../data/certificates
command -v softhsm2-util >/dev/null || { info "there is no SoftHSM here"; ok "skipped"; exit 0; }
host_new a b
link a eth0 b eth0
for h in a b; do
    cp -r "$vm/certificates" "$(inside $h /etc/keys)"
    keyfile $h wan connection.type=ethernet connection.interface-name=eth0 \
        ipv4.address1=172.31.0.$([ $h = a ] && echo 1/24,172.31.0.2 || echo 2/24,172.31.0.1)
done
sh_on a 'mkdir -p /var/lib/softhsm/tokens
    softhsm2-util --init-token --free --label site --so-pin 5678 --pin 1234 &&
    softhsm2-util --import /etc/keys/a-rsa.key --token site --label own --id 0a01 --pin 1234
    cat >/etc/strongswan.d/zz-token.conf' <<'EOC' >/dev/null
charon-systemd { plugins { pkcs11 { load = yes
    modules { softhsm { path = /usr/lib/softhsm/libsofthsm2.so } } } } }
EOC
tunnel() { # NAME URI PIN CERTIFICATE
    keyfile a "$1" remote=172.31.0.2 ipsec=pubkey ipsec-ca=/etc/keys/ca.pem ipsec-cert="/etc/keys/$4" \
        ipsec-private-key="$2" ipsec-private-key-password="$3" vpn.timeout=50 ipv4.address1=192.168.8.1/30
}
tunnel token 'pkcs11:token=site;id=%0A%01;type=private' 1234 a-rsa.pem
tunnel pin 'pkcs11:id=%0A%01' 4321 a-rsa.pem
tunnel absent 'pkcs11:id=%0A%02' 1234 a-rsa.pem
tunnel mismatch 'pkcs11:id=%0A%01?module-name=softhsm' 1234 a-ed.pem
keyfile b token remote=172.31.0.1 ipsec=pubkey ipsec-ca=/etc/keys/ca.pem ipsec-cert=/etc/keys/b-rsa.pem \
    ipsec-private-key=/etc/keys/b-rsa.key vpn.timeout=50 ipv4.address1=192.168.8.2/30
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
snapshot a
sniff_start a eth0
told() { journal a | grep -F "[$1] "; }
up b token & other=$!
check "a tunnel with a key in a token comes up" up a token
wait $other
check "pings pass through the tunnel" on a ping -c 3 -i 0.3 -W 5 192.168.8.2
check "the tunnel goes down" down a token
for name in pin absent; do
    check_not "$name: the tunnel does not come up" up a $name
    check "$name: the journal says why" eval "told $name | grep 'failed: .*private key in the token'"
done
check_not "a tunnel whose key belongs to another certificate does not come up" up a mismatch
check "its cause" eval "told mismatch | grep 'failed: .*does not match the certificate'"
check_not "no PIN is in the journal" eval "journal a | grep -wE '1234|4321'"
down b token
expect_no_clear a eth0 "with a key in a token"
expect_clean a
sniff_stop a eth0
