# SPDX-License-Identifier: GPL-2.0-or-later
# Failures: each has its cause in the journal and the right one of NetworkManager's three reasons, comes within
# 10 s where the cause is known at once, and leaves nothing. One host of ours and a peer with plain strongSwan
# that has an address for each thing that can be wrong.
# timeout: 420
host_new a b
link a eth0 b eth0
sh_on b 'for n in 2 3 4 5 6 8 9; do ip addr add 172.31.0.$n/24 dev eth0; done
    nft add table ip mute
    nft "add chain ip mute in { type filter hook input priority 0; }"
    nft add rule ip mute in ip daddr 172.31.0.8 drop'
by_hand b right 172.31.0.2 172.31.0.1 raclette
by_hand b psk 172.31.0.3 172.31.0.1 fondue
by_hand b ike 172.31.0.4 172.31.0.1 raclette proposals=aes128-sha1-modp1024
by_hand b esp 172.31.0.5 172.31.0.1 raclette esp_proposals=aes128gcm16
by_hand b who 172.31.0.6 172.31.0.1 raclette id=somebody.example.org
charon_start b & peer_daemon=$!
# A name server that knows no name.
sh_on a 'echo nameserver 127.0.0.1 >/etc/resolv.conf'
background a dns.log perl -MIO::Socket::INET -e '
    my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:53", Proto => "udp") or die $!;
    while (my $from = $s->recv(my $q, 512)) { substr($q, 2, 2) = "\x81\x83"; $s->send($q, 0, $from) }'
service_start a
nm_start a
wan a eth0 172.31.0.1/24 172.31.0.2

snapshot a
make() { # NAME REMOTE KEY=VALUE…
    profile a "$1" remote="$2" ipsec=psk ipsec-psk=raclette ipv4.addresses=192.168.8.1/30 "${@:3}"
}
told() { journal a | grep -F "[$1] "; }
# How long it took from the service's first word on a connection to its end, in whole seconds, rounded up.
seconds() {
    told "$1" | awk '{ split($2, t, ":"); s = t[1] * 3600 + t[2] * 60 + t[3]; if (!first) first = s }
        / failed: / { last = s } END { printf "%d", last ? last - first + 0.99 : 999 }'
}
# NAME REASON CAUSE SECONDS: what a failed activation has to have said
failed() {
    local found
    check_equal "$1: NetworkManager's reason" "$2" "$(reason a "$1" | sed 's/:.*//')"
    found=$(told "$1" | sed -n 's/.*\] failed: //p' | tail -1)
    [[ $found == *"$3"* ]] && ok "$1: $found" || bad "$1: the journal says '$found', not '$3'"
    check_number "$1: seconds until it failed" "$(seconds "$1")" -le "$4"
}
attempt() { # NAME…: all at once; none may come up
    local name pids=()
    for name in "$@"; do up a "$name" & pids+=($!); done
    for name in "$@"; do
        wait "${pids[0]}" && bad "$name came up"
        pids=("${pids[@]:1}")
    done
}

# --- strongSwan not there ----------------------------------------------------------------------------

make away 172.31.0.2
sh_on a 'for f in /usr/sbin/charon-systemd /usr/lib/ipsec/charon; do [ ! -e $f ] || mv $f $f.hidden; done'
attempt away
failed away connect-failed "strongSwan is not installed" 3
sh_on a 'for f in /usr/sbin/charon-systemd /usr/lib/ipsec/charon; do [ ! -e $f.hidden ] || mv $f.hidden $f; done'
make stopped 172.31.0.2
attempt stopped
failed stopped connect-failed "strongSwan is not running" 10
expect_clean a "nothing is left without strongSwan"
wait $peer_daemon
charon_start a

# --- what the peer, the way or this machine says no to ------------------------------------------------

sh_on a 'ip link add taken type dummy
    ip link add by-hand type gre local 172.31.0.1 remote 172.31.0.9
    ip link add red type vrf table 77
    ip link add port type dummy
    ip link set port master red
    ip route add unreachable 203.0.113.0/24'
snapshot a
make psk 172.31.0.3
make esp 172.31.0.5 ipsec-esp-proposals=aes256-sha512
make who 172.31.0.6
make name 172.31.0.2 ifname=taken
make ends 172.31.0.9
make vrf 172.31.0.2 parent=port
make dns nowhere.example.org
make ike 172.31.0.4 vpn.timeout=24
make silent 172.31.0.8 vpn.timeout=24
make way 203.0.113.9 vpn.timeout=24
attempt psk esp who name ends vrf # not all at once: each starts a program
attempt dns ike silent way
failed psk login-failed "wrong pre-shared key" 10
failed who login-failed "unexpected identities" 10
failed esp connect-failed "no ESP proposal in common" 10
failed name connect-failed '"taken"' 3
failed ends connect-failed '"by-hand"' 3
failed vrf connect-failed '"port" is in a VRF' 3
failed dns connect-failed '"nowhere.example.org" does not resolve' 10
failed ike connect-failed "no IKE proposal in common" 21
failed silent connect-failed "no answer from the peer" 21
failed way connect-failed "203.0.113.9" 21
check "the devices that were in the way are still there" sh_on a 'ip link show taken && ip link show by-hand'
on a nmcli con delete ends # as long as there are both, by-hand has the barrier of this profile, whose endpoints it has
expect_clean a

# Persistent: the wrong key is told, the tunnel stays armed, and down takes all away.
make patient 172.31.0.3 vpn.persistent=yes
check "a persistent tunnel with a wrong key comes up and keeps trying" up a patient
check "the journal says that its key is wrong" wait_until 20 eval 'told patient | grep -q "wrong pre-shared key"'
check "the persistent tunnel goes down" down a patient
expect_clean a "nothing is left of the persistent one"

# --- profiles that are wrong --------------------------------------------------------------------------

make number 172.31.0.2 key=banana
make unknown 172.31.0.2 kee=1
make line 172.31.0.2 ipsec-local-id=$'a\nb'
make near fe80::2 parent=eth0
make inside 172.31.0.2 ip4=192.168.8.0/24
profile a keyless remote=172.31.0.2 ipsec=psk ipv4.addresses=192.168.8.1/30
attempt number unknown line near inside keyless
refused() { # NAME TEXT: NetworkManager's own log has it, as the profile was refused before anything began
    check "$1: NetworkManager or the service says why it fails" grep -q -E "$2" <(cat "$hosts/a/nm.log"; journal a)
}
refused number 'key: "banana".*dotted quad'
refused unknown 'kee.*unknown property'
refused line 'ipsec-local-id: .*'
refused near 'remote: "fe80::2" is a link-local address, which strongSwan'
refused inside 'ip4: "192.168.8.0/24"'
check "number: NetworkManager's reason is connect-failed" grep -q '^connect-failed' <(reason a number)
check "inside: NetworkManager's reason is bad-ip-config" grep -q '^bad-ip-config' <(reason a inside)
check_equal "keyless: there is no connection without its key" "" "$(state a keyless)"
expect_clean a "nothing is left of the refused"

# One value of each type, asked of the service itself.
name=org.freedesktop.NetworkManager.gre.Connection_999
check "the service takes a connection's name" on a gdbus call --system --dest org.freedesktop.NetworkManager.gre \
    --object-path /org/freedesktop/NetworkManager/gre --method org.freedesktop.NetworkManager.gre.Serve $name
ask() { # METHOD DATA [SECRETS]: as GVariant text
    on a gdbus call --system --dest $name --object-path /org/freedesktop/NetworkManager/VPN/Plugin \
        --method "org.freedesktop.NetworkManager.VPN.Plugin.$1" \
        "{'connection': {'id': <'x'>, 'uuid': <'0c1c4ad3-9c42-4b8f-8b1c-2a3a3b6b0001'>},
          'vpn': {'data': <{$2}>, 'secrets': <@a{ss} {${3:-}}>}}" 2>&1
}
check_equal "a good profile needs no more secrets" "('',)" \
    "$(ask NeedSecrets "'remote': '172.31.0.2', 'ipsec': 'psk'" "'ipsec-psk': 'raclette'")"
check_equal "a profile without its secret needs it" "('vpn',)" "$(ask NeedSecrets "'remote': '172.31.0.2', 'ipsec': 'psk'")"
bad_values=0
while IFS='|' read -r key value; do
    answer=$(ask Connect "'remote': '172.31.0.2', 'ipsec': 'psk', '$key': '$value'" "'ipsec-psk': 'raclette'")
    bad_values=$((bad_values + 1))
    [[ $answer == *BadArguments*"$key"*": "* ]] || bad "$key=$value: $answer"
done <<'EOT'
checksum|maybe
mode|ipip
ttl|256
tos|-1
key|1.2.3
local|224.0.0.1
parent|a b
ifname|gre0
ip4|192.168.8.0
ip6|fd08::1/129
ipsec-local-id|%any
ipsec-ike-proposals|aes128;sha1
ipsec-ike-lifetime|4 hours
ipsec-start|later
mtu|67
fwmark|0x100000000
ipsec-ca|ca.pem
remote|172.31.0.2 or so
remote-id|me
ipsec-local-id|a\nb
ifname|a\nb
EOT
ok "$bad_values bad values were looked at"
answer=$(ask Connect "'remote': '172.31.0.2', 'ipsec': 'psk'" "'ipsec-psk': '0xfun'")
[[ $answer == *"ipsec-psk: "* && $answer != *0xfun* ]] && ok "the error names a bad secret and does not show it" || bad "ipsec-psk: $answer"
answer=$(ask Connect "'remote': '172.31.0.2', 'ttl': '256'")
[[ $answer == *BadArguments*"ttl: "* ]] && ok "Connect refuses: ${answer##*BadArguments: }" || bad "Connect: $answer"
check_not "no log has a secret" grep -r -l -E 'raclette|0xfun' $hosts/a --include='service.log' --include='nm.log' \
    --include='journal.log' --include='dbus.log'
expect_clean a "nothing is left in the end"
