# SPDX-License-Identifier: GPL-2.0-or-later
# The commands and files of README.md and docs/*.md, as they stand there, on the hosts that they are for: this
# plugin on both sides, native tunnels, strongSwan and iproute2 as the peer, IPv6 as the underlay. A block is found
# by the comment before it: <!-- run: NAME --> for commands, <!-- file: PATH --> for a file, <!-- see: NAME --> for
# output. tests/check/readme.sh compares the blocks with what this scenario runs.
# timeout: 400
# file: ../../../README.md
# file: ../../../docs
pages=("$vm/README.md" "$vm"/docs/*.md)

block() { # COMMENT: the fenced block that follows it
    awk -v mark="<!-- $1 -->" '
        FNR == 1 { wanted = 0 }
        $0 == mark { wanted = 1; next }
        wanted && /^```/ { if (inside) exit; inside = 1; next }
        inside' "${pages[@]}" | grep . || { bad "no page has a block \"$1\""; return 1; }
}
type_in() { sh_on "$1" "set -e; $(block "run: $2")" <<<"${3-}"; } # HOST BLOCK [WHAT IS ASKED FOR]
put_file() { # HOST PATH
    block "file: $2" | sh_on "$1" "mkdir -p '${2%/*}' && cat >'$2' && chmod 600 '$2'"
}
policies_as_shown() {
    block "see: policies" | sed 's/ *#.*//;s/spi 0x[0-9a-f]*/spi X/;s/reqid [0-9]*/reqid N/;s/[[:space:]]*$//' | sort >/tmp/shown
    on a ip xfrm policy list nosock | sed 's/spi 0x[0-9a-f]*/spi X/;s/reqid [0-9]*/reqid N/;s/[[:space:]]*$//' | sort >/tmp/found
    diff /tmp/shown /tmp/found
}
put_away() { # HOST PROFILE…
    down "$1" "$2"
    on "$1" nmcli con delete "$2"
}

host_new a b
switch r a eth0 b eth0
on r ip addr add 198.51.100.1/24 dev br0
on r ip addr add 203.0.113.1/24 dev br0
on r ip addr add 2001:db8:a::1/64 dev br0
on r ip addr add 2001:db8:b::1/64 dev br0
router r
bus_start a
bus_start b
pids=()
for part in "nm_start a b" "charon_start a b" "service_start a" "service_start b"; do $part & pids+=($!); done
wait "${pids[@]}"
wan a eth0 198.51.100.2/24 198.51.100.1 2001:db8:a::2/64 2001:db8:a::1 &
pids=($!)
wan b eth0 203.0.113.10/24 203.0.113.1 2001:db8:b::10/64 2001:db8:b::1 &
wait "${pids[@]}" $!
for host in a:192.168.10.1 b:192.168.20.1; do
    sh_on ${host%%:*} "ip link add lan type dummy; ip addr add ${host#*:}/24 dev lan; ip link set lan up"
done
# B lets nothing in but what docs/gateway.md says, pings and what comes through a tunnel.
sh_on b "nft -f -" <<'EOC'
table inet filter {
    chain input {
        type filter hook input priority 0; policy drop;
        iifname { "lo", "nmgre0", "site-a", "tun2a" } accept
        meta l4proto { icmp, ipv6-icmp } accept
    }
}
EOC
check "nft takes the firewall's rules" type_in b firewall
sniff_start a eth0

# --- both ends ours
psk=put-your-own-32-random-letters # as it stands there
type_in a first-a $psk >/tmp/first-a 2>&1 &
first=$!
check "B's four lines" type_in b first-b $psk
check "A's four lines" eval "wait $first || { cat /tmp/first-a; false; }"
check "and what is looked at then" type_in a first-look
check_equal "the MTU is the one in the picture" 1438 "$(on a cat /sys/class/net/nmgre0/mtu)"
check "and the policies that are shown" policies_as_shown
check "what B is to be told" type_in a peer-a
check "the sites" put_file a /tmp/sites.yaml
check "and the files for them" type_in a mesh-a
check "the lines for a gateway" type_in a gateway-a
check_equal "it is persistent now" yes "$(on a nmcli -g vpn.persistent con show site-b)"
check_equal "and a secondary of the WAN" "$(on a nmcli -g connection.uuid con show site-b)" \
    "$(on a nmcli -g connection.secondaries con show wan-eth0)"
down a site-b
put_away b site-a

# --- native tunnels, protected by nm-gre
check "the pre-shared key and A's tunnel with nm-gre protect" type_in a server-a
check "the key is for root alone" sh_on a '[ "$(stat -c %a /root/tunnel.psk)" = 600 ] && [ "$(wc -c </root/tunnel.psk)" = 33 ]'
sh_on a 'cat /root/tunnel.psk' | sh_on b 'umask 077; cat >/root/tunnel.psk'
check "B's tunnel with nm-gre protect" type_in b server-b
check "the two LANs reach each other" wait_until 30 on a ping -q -c 1 -W 2 -I 192.168.10.1 192.168.20.1
check_equal "the tunnel and its companion are active on A" "activated activated" "$(state a tun2b) $(state a tun2b-ipsec)"
check_equal "the tunnel comes up at boot" yes "$(on a nmcli -g connection.autoconnect con show tun2b)"
go down a tun2b
go down b tun2a
check "both tunnels go down" join
go on a nmcli con delete tun2b tun2b-ipsec
go on b nmcli con delete tun2a tun2a-ipsec
check "and their profiles are deleted" join

# --- native tunnels, protected by hand
type_in a native-a >/tmp/native-a 2>&1 &
first=$!
check "B's tunnel and its companion" type_in b native-b
check "A's" eval "wait $first || { cat /tmp/native-a; false; }"
check "and what is looked at then" type_in a native-look
check "all goes down" down a tun2b
go on a nmcli con delete tun2b tun2b-ipsec
go on b nmcli con delete tun2a tun2a-ipsec
check "and away" join

# --- the other end plain
check "strongSwan's file on B" put_file b /etc/swanctl/conf.d/site-a.conf
check "B's commands" type_in b plain-b
check "A comes up with it" up a site-b
check "the LANs reach each other" type_in a first-look
down a site-b
check "A comes up with a Cisco's algorithms and MTU" type_in a cisco-a
check_equal "which is the tunnel's" 1400 "$(on a cat /sys/class/net/nmgre0/mtu)"
check "the LANs reach each other again" type_in a first-look
sh_on b 'swanctl --terminate --ike site-a --force; ip link del site-a; rm /etc/swanctl/conf.d/site-a.conf; swanctl --load-all'
check "a comma in a value" type_in a comma-a
check "is one" sh_on a "nmcli -g vpn.data con show site-b | tr -d '\\\\' | grep 'esp-proposals = aes256gcm16,aes128gcm16'"

# --- IPv6 outside, from a keyfile
check "the keyfile" put_file a /etc/NetworkManager/system-connections/site-b6.nmconnection
type_in a ipv6-a >/tmp/ipv6-a 2>&1 &
first=$!
check "B's lines for IPv6" type_in b ipv6-b another-32-random-letters
check "A's lines for IPv6" eval "wait $first || { cat /tmp/ipv6-a; false; }"
check "IPv6 in IPv6 passes" on a ping -c 3 -i 0.2 -W 5 fd00:0:0:1::2
put_away b site-a6
sniff_stop a eth0
expect_no_clear a eth0 "whatever the page says"
