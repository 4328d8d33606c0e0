# SPDX-License-Identifier: GPL-2.0-or-later
# What an administrator has made stays as it is: connections of swanctl.conf to the same peer and to another
# one, their SAs, secrets and policies, an XFRM policy, a GRE tunnel and firewall rules made by hand. Through our
# up, down, a failure and a crash; with identities of their own, and with the addresses as identities.
# timeout: 420
host_new a b
link a eth0 b eth0
sh_on b 'ip addr add 172.31.0.2/24 dev eth0; ip addr add 172.31.0.3/24 dev eth0
    ip addr add 10.2.0.1/32 dev lo; ip addr add 10.3.0.1/32 dev lo'
connection() { # NAME LOCAL REMOTE LOCAL-ID REMOTE-ID LOCAL-NET REMOTE-NET PSK [MORE CHILD]
    cat <<EOC
connections { $1 { version = 2
    local_addrs = $2
    remote_addrs = $3
    mobike = no
    dpd_delay = 30s
    local { auth = psk
        id = $4 }
    remote { auth = psk
        id = $5 }
    children {
        $1-net { local_ts = $6
            remote_ts = $7 }
        ${9:-}
    } } }
secrets { ike-$1 { id-1 = $4
    id-2 = $5
    secret = $8 } }
EOC
}
gre='gre { mode = transport
    local_ts = dynamic[47]
    remote_ts = dynamic[47] }'
pair() { # NAME PEER ID-A ID-B PEER-NET PSK: the same connection at both ends
    connection "$1" 172.31.0.1 "$2" "$3" "$4" 10.1.0.0/24 "$5" "$6" | swanctl_conf a "$1"
    connection "$1" "$2" 172.31.0.1 "$4" "$3" "$5" 10.1.0.0/24 "$6" "${7:-}" | swanctl_conf b "$1"
}
pair same 172.31.0.2 a@example.org b@example.org 10.2.0.0/24 emmental
pair other 172.31.0.3 a@example.org c@example.org 10.3.0.0/24 tilsiter
# For our tunnel the peer has a connection of its own.
by_hand b tunnel 172.31.0.2 172.31.0.1 raclette
charon_start a b & daemons=$!
service_start a
nm_start a
wan a eth0 172.31.0.1/24 172.31.0.2
sh_on a 'ip addr add 10.1.0.1/32 dev lo
    ip tunnel add by-hand mode gre local 172.31.0.1 remote 172.31.0.3
    ip link set by-hand up
    ip xfrm policy add src 10.8.0.0/16 dst 10.9.0.0/16 dir out action block
    ip xfrm policy add src 172.31.0.1/32 dst 172.31.0.3/32 proto gre dir out action block
    ip xfrm policy add src 172.31.0.0/24 dst 172.31.0.0/24 proto gre dir in action block priority 4294967295
    nft add table inet mine
    nft "add chain inet mine in { type filter hook input priority 0; }"
    nft add rule inet mine in tcp dport 23 drop'
wait $daemons

# All that is the administrator's, with what tells whether it is still the same.
theirs() {
    local name
    for name in $conns; do
        on a swanctl --list-sas --raw --ike "$name" |
            grep -oE '[ {](uniqueid|initiator-spi|responder-spi|spi-in|spi-out|state)=[^ }]*'
    done
    on a swanctl --list-conns --raw | grep -v '{nm-gre-'
    on a $tools/vici-list get-shared | grep -v nm-gre-
    # ours is between these two, protocol GRE or ICMP
    on a ip -o xfrm policy list nosock | grep -vE 'src 172.31.0.[12]/32 dst 172.31.0.[12]/32 proto (gre|icmp)'
    for spi in $(on a swanctl --list-sas --raw | grep -oE 'spi-(in|out)=[0-9a-f]*' | sed 's/.*=//'); do
        [[ $spis == *$spi* ]] && on a ip -o xfrm state | grep -oE "^src .*spi 0x0*$spi .*mode [a-z]*"
    done
    on a nft -s list ruleset | sed -E '/^table inet nm-gre(-mss)? /,/^}/d'
    on a ip -o -d link show by-hand
    on a swanctl --list-sas --raw | grep -oE '^list-sa event \{[^ ]*' | grep -v nm-gre-
    on b swanctl --list-sas --raw | grep -oE '(same|other|plain)-net-[0-9]+ \{name=[^ ]* uniqueid=[^ ]*'
}
begin() { # CONNECTION…: they come up; what is theirs from now on
    conns=$*
    for name in $conns; do
        on a swanctl --list-sas --ike "$name" | grep -q INSTALLED ||
            check "the administrator's \"$name\" is up" on a swanctl --initiate --child "$name-net"
    done
    spis=$(on a swanctl --list-sas --raw | grep -oE 'spi-(in|out)=[0-9a-f]*' | sed 's/.*=//' | tr '\n' ' ')
    theirs >/tmp/theirs
    check_number "the administrator has enough to compare (lines)" "$(wc -l </tmp/theirs)" -gt 15
    check_equal "the comparison has each SPI of the administrator" "$(wc -w <<<"$spis")" "$(grep '^src .*spi 0x' /tmp/theirs | grep -vcE 'dir (in|out|fwd)')"
    snapshot a
}
is_untouched() { theirs >/tmp/theirs.now; diff -U0 /tmp/theirs /tmp/theirs.now; }
untouched() { check "$1: nothing of the administrator's was touched" is_untouched; }

begin same other
background a net.log ping -n -i 0.2 -I 10.1.0.1 10.2.0.1
profile a ours remote=172.31.0.2 ipsec=psk ipsec-psk=raclette ipv4.addresses=192.168.8.1/30
profile a wrong remote=172.31.0.2 ipsec=psk ipsec-psk=fondue ipv4.addresses=192.168.8.1/30
check "our tunnel comes up" up a ours
check_equal "there is one more IKE SA, ours" 3 "$(sa_count a ike)"
untouched "up"
check "our tunnel goes down" down a ours
untouched "down"
expect_clean a
check_not "a tunnel with a wrong key does not come up" up a wrong
check_equal "NetworkManager's reason for a wrong key is login-failed" login-failed "$(reason a wrong | sed 's/:.*//')"
untouched "failure"
expect_clean a
check "our tunnel comes up again" up a ours
check "the service is killed" service_kill a
untouched "crash"
service_start a
check "our tunnel is brought up again" wait_until 20 is_up a ours
untouched "start after a crash"
check "our tunnel goes down" down a ours
expect_clean a "what the crash left is gone"
on a pkill -INT -f -- '-I 10.1.0.1'
wait_until 10 grep -q transmitted "$hosts/a/net.log"
check "the administrator's tunnel lost nothing" grep -E ' 0% packet loss' "$hosts/a/net.log"

# The addresses as identities, settings like ours, one connection for both at the peer: strongSwan must not take the
# administrator's IKE SA for ours.
one_key() { # PSK: of the administrator's, at both ends
    for end in a b; do sh_on $end 'rm -f /etc/swanctl/conf.d/{same,tunnel,plain}.conf'; done
    pair plain 172.31.0.2 172.31.0.1 172.31.0.2 10.2.0.0/24 "$1" "$gre"
    on b swanctl --load-all --noprompt
    on a swanctl --load-all --noprompt
    for name in same plain; do on a swanctl --terminate --ike $name; done
}
one_key raclette
begin plain other
check "with addresses as identities and the same key our tunnel comes up" up a ours
untouched "up beside addresses as identities"
check "our tunnel goes down" down a ours
untouched "down beside addresses as identities"
expect_clean a
# With another key for the same two identities strongSwan signs with the one both of whose owners match, the
# administrator's, and not with the profile's. The peer accepts that one here, so the tunnel comes up.
one_key emmental
begin plain other
check "with addresses as identities and another key our tunnel comes up by the administrator's" up a ours
untouched "another key for the same identities"
check "our tunnel goes down" down a ours
expect_clean a "nothing is left, another key"
