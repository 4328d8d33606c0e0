# SPDX-License-Identifier: GPL-2.0-or-later
# Certificates and raw keys (ipsec=pubkey): every kind of key and file between two ends, what is refused before
# anything is touched and what only the peer or strongSwan can say, and files that are one user's own.
# timeout: 660
# file: ../../data/certificates
pairs='chain pinned self raw'
host_new a b
link a eth0 b eth0
for h in a b; do
    cp -r "$vm/certificates" "$(inside $h /etc/keys)"
    sh_on $h 'chmod 600 /etc/keys/*.key
        echo alice:x:1234:1234::/home/alice:/bin/sh >>/etc/passwd
        install -d -o 1234 -g 1234 -m 700 /home/alice'
done
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile b wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24,172.31.0.1
# HOST NAME KEY=VALUE…: of the tunnel between the two; files by their names
tunnel() {
    local host=$1 name=$2 peer=172.31.0.2 inner=1 pair args=()
    [ "$host" = a ] || { peer=172.31.0.1 inner=2; }
    shift 2
    for pair in "$@"; do
        case $pair in
            ipsec-ca=* | ipsec-cert=* | ipsec-remote-cert=* | ipsec-private-key=*)
                [[ $pair = *=/* ]] || pair=${pair%%=*}=/etc/keys/${pair#*=} ;;
        esac
        args+=("$pair")
    done
    keyfile "$host" "$name" remote=$peer ipsec=pubkey vpn.timeout=50 "ipv4.address1=192.168.8.$inner/30" "${args[@]}"
}
oneline() { tr '\n' ' ' <"$vm/certificates/$1" | sed 's/ $//'; }

tunnel a rsa ipsec-ca=ca.pem ipsec-cert=a-rsa.pem ipsec-private-key=a-rsa.key
tunnel b rsa ipsec-ca=ca.pem ipsec-cert=b-rsa.pem ipsec-private-key=b-rsa.key
# ECDSA behind an intermediate: all in one PKCS #12 file here, an encrypted key there; names as identities
tunnel a chain ipsec-ca=ca.pem ipsec-private-key=a-ec.p12 ipsec-private-key-password=raclette \
    ipsec-local-id=a.example ipsec-remote-id=b.example
tunnel b chain ipsec-ca=ca.pem ipsec-cert=b-chain.pem ipsec-private-key=b-encrypted.key \
    ipsec-private-key-password=raclette ipsec-local-id=b.example ipsec-remote-id=a.example
tunnel a pinned ipsec-remote-cert=b-ed.pem ipsec-cert=a-ed.pem ipsec-private-key=a-ed.key
tunnel b pinned ipsec-remote-cert=a-ed.pem ipsec-cert=b-ed.pem ipsec-private-key=b-ed.key
tunnel a raw ipsec-private-key=a-rsa.key ipsec-remote-pubkey="$(oneline b-ed.pub)"
tunnel b raw ipsec-private-key=b-ed.key ipsec-remote-pubkey="$(oneline a-rsa.rfc3110)"
# certificates that sign themselves: each end has the other's
tunnel a self ipsec-remote-cert=alice-self.pem ipsec-cert=alice-pin.pem ipsec-private-key=alice-pin.key
tunnel b self ipsec-remote-cert=alice-pin.pem ipsec-cert=alice-self.pem ipsec-private-key=alice-self.key
# refused here
tunnel a expired ipsec-ca=ca.pem ipsec-cert=b-expired.pem ipsec-private-key=b-rsa.key
tunnel a password ipsec-ca=ca.pem ipsec-private-key=a-ec.p12 ipsec-private-key-password=fondue
# refused by what the peer shows
tunnel a authority ipsec-ca=other-ca.pem ipsec-cert=a-rsa.pem ipsec-private-key=a-rsa.key
tunnel a identity ipsec-ca=ca.pem ipsec-cert=a-rsa.pem ipsec-private-key=a-rsa.key ipsec-remote-id=c.example
tunnel a other ipsec-remote-cert=b-ed.pem ipsec-remote-id=172.31.0.2 ipsec-cert=a-rsa.pem ipsec-private-key=a-rsa.key
# one user's
tunnel a private connection.permissions=user:alice: ipsec-ca=ca.pem ipsec-cert=a-rsa.pem \
    ipsec-private-key=/home/alice/key
tunnel a stolen connection.permissions=user:alice: ipsec-ca=ca.pem ipsec-cert=a-rsa.pem ipsec-private-key=a-rsa.key
sh_on a 'install -o 1234 -m 600 /etc/keys/a-rsa.key /home/alice/key'

export NM_GRE_PRIVATE_IPSEC=allow # who may have a private profile: 91
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
told() { journal a | grep -F "[$1] "; }

for name in $pairs; do
    up b $name & other=$!
    check "$name: the tunnel comes up on a" up a $name
    check "$name: the tunnel comes up on the peer" wait $other
    check "$name: pings pass through the tunnel" on a ping -c 3 -i 0.3 -W 5 192.168.8.2
    if [ $name = raw ]; then
        # somebody takes out what no file of theirs names; all is put back
        on a swanctl --load-all --noprompt
        check "the service puts the key back after swanctl --load-all" wait_until "$PATIENCE" sh_on a "$tools/vici-list get-keys | grep ."
        check "the SA goes on after swanctl --load-all" on a ping -c 3 -i 0.3 -W 5 192.168.8.2
        service_kill a
        check "strongSwan keeps the key when the service is killed" sh_on a "$tools/vici-list get-keys | grep ."
        service_start a
        check "$name: the service brings the tunnel up again" wait_until 20 is_up a $name
    fi
    check "$name: the tunnel goes down" down a $name
    down b $name
    expect_no_clear a eth0 "with $name"
    check_number "$name: the traffic was ESP" "$ESP_OUT" -ge 3
done

expect_clean a
refused() { # NAME WORDS
    check_not "$1: the tunnel does not come up" up a "$1"
    check "$1: the journal says why" eval "told $1 | grep -F 'failed: ' | grep -F -- $(printf %q "$2")"
}
refused expired 'expired on 2021-01-01'
refused password 'wrong password (ipsec-private-key-password)'
check_equal "NetworkManager's reason for a wrong password is login-failed" login-failed "$(reason a password | sed 's/:.*//')"
refused stolen 'ipsec-private-key: "/etc/keys/a-rsa.key": Permission denied'
check_equal "strongSwan has no connection and no key after the failures" "" "$(on a swanctl --list-conns)$(sh_on a "$tools/vici-list get-keys")"
up b rsa & other=$!
check "a user's own profile comes up with the user's own key" up a private
wait $other
check "the user's own profile passes traffic" on a ping -c 3 -i 0.3 -W 5 192.168.8.2
check_not "no copy of the user's key is left in a file" sh_on a 'grep -rlF "$(sed -n 5p /etc/keys/a-rsa.key)" /run /tmp /var/lib /etc/swanctl /etc/NetworkManager'
down a private
refused authority "certificate was not signed by the profile's authority"
refused identity 'expect one of the two identities'
refused other 'certificate or key is not the one'
down b rsa
expect_no_clear a eth0 "after the failures"
expect_clean a
expect_clean b
sniff_stop a eth0
