# SPDX-License-Identifier: GPL-2.0-or-later
# What a user's own profile brings to strongSwan must not count for the administrator's connections. alice, on a, makes
# profiles with secrets, keys and certificates that let b, who has them too, authenticate as b.example, whom two of the
# administrator's connections expect: one by a pre-shared key, one by certificate. Whether that works while her
# profiles seek their peer, after down, and after they are deleted. Then what the profiles of all users leave behind, and
# who may have IPsec in a profile of one's own: polkit is the real one, systemd-logind is played.
# timeout: 1000
# file: ../../data/certificates
host_new a b
link a eth0 b eth0
for h in a b; do cp -r "$vm/certificates" "$(inside $h /etc/keys)"; done
sh_on a 'chmod 600 /etc/keys/*.key
    printf "%s\n" alice:x:1234:1234::/home/alice:/bin/sh bob:x:1235:1235::/home/bob:/bin/sh >>/etc/passwd
    sed -i "/^sudo:/{s/:\$/:alice/;t;s/\$/,alice/}" /etc/group
    install -d -o 1234 -g 1234 -m 700 /home/alice
    install -o 1234 -m 600 -t /home/alice /etc/keys/alice-*'

# --- the administrator of a, and who connects from b -----------------------------------------------

connection() { # NAME LOCAL REMOTE LOCAL-NET REMOTE-NET LOCAL-AUTH REMOTE-AUTH
    cat <<EOC
connections { $1 { version = 2
    local_addrs = $2
    remote_addrs = $3
    local { $6 }
    remote { $7 }
    children { $1 { local_ts = $4
        remote_ts = $5 } } } }
EOC
}
psk_of() { printf 'auth = psk\n id = %s' "$1"; }        # ID
cert_of() { printf 'auth = pubkey\n id = b.example\n certs = %s.pem' "$1"; } # FILE
any_of() { printf 'auth = pubkey\n id = %s' "$1"; }     # ID
connection corp-psk 172.31.0.1 %any 10.1.0.0/24 10.2.0.0/24 "$(psk_of a.example)" "$(psk_of b.example)" | swanctl_conf a corp-psk
connection corp-key 172.31.0.1 %any 10.3.0.0/24 10.4.0.0/24 "$(psk_of a.example)" "$(any_of b.example)" | swanctl_conf a corp-key
secret() { printf 'secrets { ike-only { id-1 = a.example\n id-2 = b.example\n secret = %s } }' "$1"; } # PSK
secret emmental | swanctl_conf a corp
sh_on a 'cp /etc/keys/ca.pem /etc/swanctl/x509ca/'
sh_on b 'cd /etc/keys && cp alice-*.key b-rsa.key /etc/swanctl/private/ && cp alice-*.pem b-rsa.pem /etc/swanctl/x509/ &&
    cp alice-raw.pub /etc/swanctl/pubkey/'
to_psk() { connection "$1" 172.31.0.2 172.31.0.1 10.2.0.0/24 10.1.0.0/24 "$2" "$(psk_of a.example)" | swanctl_conf b "$1"; }
to_key() { connection "$1" 172.31.0.2 172.31.0.1 10.4.0.0/24 10.3.0.0/24 "$2" "$(psk_of a.example)" | swanctl_conf b "$1"; }
to_psk psk "$(psk_of b.example)"
to_key ca "$(cert_of alice-trust-b)"
to_key raw "$(any_of b.example)"$'\n pubkeys = alice-raw.pub'
to_key pin "$(cert_of alice-pin)"
to_key own "$(cert_of alice-own-b)"
to_key self "$(cert_of alice-self)"
to_key leaf "$(cert_of alice-leaf)"
to_psk good-psk "$(psk_of b.example)"
to_key good-key "$(cert_of b-rsa)"
attacks='psk ca raw pin own self leaf'

# How often a has taken somebody for b.example. (That a's own AUTH is wrong for who lacks its key comes after that.)
taken() { grep -cE 'IKE_SA corp-(psk|key)\[[0-9]+\] established' "$hosts/a/charon.log"; }
knows() { secret "$1" | swanctl_conf b secret && on b swanctl --load-creds --noprompt; } # PSK
gets_in() { # NAME: whether a takes b for b.example
    local before
    before=$(taken)
    on b swanctl --initiate --ike "$1" --child "$1" --timeout 20
    [ "$(taken)" -gt "$before" ] || return 1
    on b swanctl --terminate --ike "$1" --force --timeout 5
    on a swanctl --terminate --ike corp-psk --force --timeout 5
    on a swanctl --terminate --ike corp-key --force --timeout 5
    return 0
}
nobody_gets_in() { # TEXT [ATTACKS]
    local name
    for name in ${2:-$attacks}; do check_not "$1: nobody gets in by \"$name\"" gets_in "$name"; done
}

# --- profiles on a ---------------------------------------------------------------------------------

number=100
tunnel() { # NAME USERS KEY=VALUE…: to a peer that does not answer; it is sought for ever
    local name=$1 users=$2
    shift 2
    number=$((number + 1))
    keyfile a "$name" ${users:+"connection.permissions=$users"} remote=172.31.0.$number vpn.persistent=true \
        "ipv4.address1=192.168.$number.1/30" "$@"
}
oneline() { tr '\n' ' ' <"$vm/certificates/$1" | sed 's/ $//'; }
someone="ipsec-remote-pubkey=$(oneline b-ed.pub)"
home=/home/alice/alice
alice=user:alice:\;
tunnel psk $alice ipsec=psk ipsec-psk=EVIL ipsec-remote-id=b.example
tunnel ca $alice ipsec=pubkey ipsec-private-key=$home-trust.key ipsec-local-id=ca.alice ipsec-ca=$home-trust.pem
tunnel raw $alice ipsec=pubkey ipsec-private-key=$home-raw.key ipsec-local-id=b.example "$someone"
tunnel pin $alice ipsec=pubkey ipsec-private-key=$home-pin.key ipsec-local-id=pin.alice ipsec-remote-cert=$home-pin.pem
for name in own self leaf; do
    tunnel $name $alice ipsec=pubkey ipsec-cert=$home-$name.pem ipsec-private-key=$home-$name.key "$someone"
done
for name in own self sub leaf; do
    tunnel all-$name '' ipsec=pubkey ipsec-cert=/etc/keys/alice-$name.pem ipsec-private-key=/etc/keys/alice-$name.key "$someone"
done
tunnel may $alice ipsec=psk ipsec-psk=may
tunnel both "${alice}user:bob:;" ipsec=psk ipsec-psk=both
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
sh_on b 'ip addr add 172.31.0.2/24 dev eth0'

charon_start a b & daemons=$!
service_start a
nm_start a
wait $daemons
check "hosts see each other" wait_until 20 on b ping -c 1 -W 1 172.31.0.1
snapshot a
certificates() { # without those that peers have sent
    on a swanctl --flush-certs >/dev/null
    on a swanctl --list-certs | grep -E 'subject:|serial:'
}
certificates >/tmp/certificates
same_certificates() { certificates | diff /tmp/certificates -; }

knows emmental
for name in psk key; do check "the administrator's own peer gets in by \"good-$name\"" gets_in good-$name; done
knows EVIL
nobody_gets_in "before"

told() { journal a | grep -F "$1" | grep -F 'make the profile available to all users'; } # WHY
attempt() { UP_SECONDS=60 up a "$1" >/dev/null; }
for some in 'psk ca' 'raw pin' 'own self' leaf; do # a busy machine starts no more in NetworkManager's time
    for name in $some; do go attempt $name; done
    join
done
for name in $attacks; do check "alice's \"$name\" is refused" is_down a $name; done
check_equal "the journal says why and what to do, for each" 7 "$(told 'only if the user may change system connections' | wc -l)"
nobody_gets_in "with alice's profiles"
for name in $attacks; do go down a $name; done
join
nobody_gets_in "after down"
expect_clean a
for name in $attacks; do go on a nmcli con delete $name; done
join
nobody_gets_in "after deletion"
check "strongSwan has the certificates it had" same_certificates

# --- profiles of all users ---------------------------------------------------------------------------

for name in own self; do check "all-$name: a certificate that signs itself is used as a raw key" up a all-$name; done
nobody_gets_in "with the tunnel of an authority that signs itself" own
for name in own self; do down a all-$name; done
check_not "all-sub: the certificate of an authority does not come up" up a all-sub
check "the journal says why" eval "journal a | grep -F 'is the certificate of an authority'"
nobody_gets_in "after down of all users' profiles" "own self"
check "strongSwan has the certificates it had, after all users' profiles" same_certificates
expect_clean a "nothing is left of all users' profiles"
# A limit that docs/security.md tells, and what it tells the administrator to do.
check "all-leaf: a certificate that an authority has signed is used" up a all-leaf
down a all-leaf
if gets_in leaf; then info "such a certificate stays trusted"; else info "such a certificate is not trusted"; fi
sh_on a 'sed -i "s/id = b.example/&\n cacerts = ca.pem/" /etc/swanctl/conf.d/corp-key.conf && swanctl --load-conns'
nobody_gets_in "with cacerts in the administrator's connection" leaf
knows emmental
check "with cacerts the administrator's own peer gets in" gets_in good-key
knows EVIL

# --- who may administer ------------------------------------------------------------------------------

# A session at the machine, as far as polkit reads it: a process in the session's cgroup, and systemd's files.
session() { # UID NAME: prints its leader
    local cgroup=/sys/fs/cgroup/user.slice/user-$1.slice/session-$1.scope
    mkdir -p "$cgroup"
    (
        echo $BASHPID >"$cgroup/cgroup.procs"
        on a setpriv --reuid "$1" --clear-groups sleep 100000 </dev/null 3>&- >/dev/null 2>&1
    ) >/dev/null &
    sh_on a "mkdir -p /run/systemd/{sessions,users,seats,machines}
        printf 'UID=%s\nUSER=%s\nACTIVE=1\nSTATE=active\nREMOTE=0\nTYPE=x11\nCLASS=user\nSEAT=seat0\n' $1 $2 >/run/systemd/sessions/$1
        printf 'NAME=%s\nSTATE=active\nDISPLAY=%s\nSESSIONS=%s\nACTIVE_SESSIONS=%s\nSEATS=seat0\n' $2 $1 $1 $1 >/run/systemd/users/$1"
    wait_until 20 on a pgrep -u "$1" -x sleep >/dev/null
    on a pgrep -u "$1" -x sleep
}
owned() { on a dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner "string:$1"; }
on a mount -t cgroup2 cgroup2 /sys/fs/cgroup # where polkit looks for a process's session
sessions="1234:alice:$(session 1234 alice) 1235:bob:$(session 1235 bob)"
background a polkit.log /usr/lib/polkit-1/polkitd --no-debug
# shellcheck disable=SC2086
background a logind.log /usr/libexec/nm-gre-tests/logind $sessions
check "polkit runs" wait_until 60 owned org.freedesktop.PolicyKit1
check "systemd-logind is played ($sessions)" wait_until 20 owned org.freedesktop.login1
check "alice, at the machine and in group sudo, gets her tunnel" up a may
down a may
check_not "a profile of alice and bob is refused" up a both
check "the journal names bob" eval "journal a | grep -F 'polkit would ask \"bob\" for a password first'"
check "polkit is alive" alive a polkitd
service_stop a
NM_GRE_PRIVATE_IPSEC=allow service_start a
check "the administrator's switch lets them all" up a both
down a both
expect_clean a "nothing is left of private profiles"
