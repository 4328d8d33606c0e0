# SPDX-License-Identifier: GPL-2.0-or-later
# The commands and files of README.md and docs/*.md, as they stand there, on the hosts that they are for: this
# plugin on both sides, native tunnels, strongSwan and iproute2 as the peer, IPv6 as the underlay. A block is found
# by the comment before it: <!-- run: NAME --> for commands, <!-- file: PATH --> for a file, <!-- see: NAME --> for
# output. tests/check/readme.sh compares the blocks with what this scenario runs.
# timeout: 500
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
check "B: nft accepts the firewall rules of docs/gateway.md" type_in b firewall
sniff_start a eth0

# --- one command on each side
check "A: nm-gre add brings the tunnel up, and prints B's script" eval "type_in a add-a >/tmp/add-b"
check "B: the script runs" sh_on b "sh /tmp/add-b"
check "the LANs reach each other" wait_until 60 on a ping -q -c 1 -W 2 -I 192.168.10.1 192.168.20.1
go on a nm-gre remove site-b --yes
go sh_on b 'nm-gre remove "$(nmcli -t -f NAME,TYPE connection show | sed -n s/:ip-tunnel//p)" --yes'
check "nm-gre remove deletes both" join

# --- this plugin on both sides
psk=put-your-own-32-random-letters # as it stands there
type_in a first-a $psk >/tmp/first-a 2>&1 &
first=$!
check "B: the README's VPN profile comes up" type_in b first-b $psk
check "A: the README's VPN profile comes up" eval "wait $first || { cat /tmp/first-a; false; }"
check "the LANs reach each other, and the SA is listed" type_in a first-look
check_equal "the tunnel's MTU is the one in docs/mtu.md" 1438 "$(on a cat /sys/class/net/nmgre0/mtu)"
check "the policies are those in docs/security.md" policies_as_shown
check "nm-gre peer prints B's configuration" type_in a peer-a
check "A: the description of a mesh is written" put_file a /root/mesh/sites.yaml
check "nm-gre mesh writes the files of all sites" type_in a mesh-a
check "A: the commands for a gateway succeed" type_in a gateway-a
check_equal "the profile is persistent now" yes "$(on a nmcli -g vpn.persistent con show site-b)"
check_equal "the profile is a secondary of the WAN profile" "$(on a nmcli -g connection.uuid con show site-b)" \
    "$(on a nmcli -g connection.secondaries con show wan-eth0)"
down a site-b
put_away b site-a

# --- native tunnels, protected by nm-gre
check "A: the pre-shared key is made, and nm-gre protect brings the tunnel up" type_in a server-a
check "only root can read the pre-shared key" sh_on a '[ "$(stat -c %a /root/tunnel.psk)" = 600 ] && [ "$(wc -c </root/tunnel.psk)" = 33 ]'
sh_on a 'cat /root/tunnel.psk' | sh_on b 'umask 077; cat >/root/tunnel.psk'
check "B: nm-gre protect brings the tunnel up" type_in b server-b
check "the LANs reach each other through the protected tunnels" wait_until 30 on a ping -q -c 1 -W 2 -I 192.168.10.1 192.168.20.1
check_equal "the tunnel and its companion are active on A" "activated activated" "$(state a tun2b) $(state a tun2b-ipsec)"
check_equal "the tunnel's profile autoconnects" yes "$(on a nmcli -g connection.autoconnect con show tun2b)"
go down a tun2b
go down b tun2a
check "both tunnels go down" join
go on a nmcli con delete tun2b tun2b-ipsec
go on b nmcli con delete tun2a tun2a-ipsec
check "the profiles of the tunnels and companions are deleted" join

# --- native tunnels, protected by hand
type_in a native-a >/tmp/native-a 2>&1 &
first=$!
check "B: the tunnel and the companion made by hand come up" type_in b native-b
check "A: the tunnel and the companion made by hand come up" eval "wait $first || { cat /tmp/native-a; false; }"
check "the LANs reach each other, and nm-gre status has the tunnel" type_in a native-look
check "A: the tunnel made by hand goes down" down a tun2b
go on a nmcli con delete tun2b tun2b-ipsec
go on b nmcli con delete tun2a tun2a-ipsec
check "the profiles made by hand are deleted" join

# --- the peer is strongSwan and iproute2
check "B: the swanctl file is written" put_file b /etc/swanctl/conf.d/site-a.conf
check "B: strongSwan loads it and iproute2 makes the tunnel" type_in b plain-b
check "A comes up with strongSwan and iproute2 as the peer" up a site-b
check "the LANs reach each other through strongSwan and iproute2" type_in a first-look
down a site-b
check "A comes up with a Cisco's algorithms and MTU" type_in a cisco-a
check_equal "the tunnel has the Cisco's MTU" 1400 "$(on a cat /sys/class/net/nmgre0/mtu)"
check "the LANs reach each other with the Cisco's algorithms" type_in a first-look
sh_on b 'swanctl --terminate --ike site-a --force; ip link del site-a; rm /etc/swanctl/conf.d/site-a.conf; swanctl --load-all'
check "A: nmcli accepts a value with a comma" type_in a comma-a
check "the profile has the value with its comma" sh_on a "nmcli -g vpn.data con show site-b | tr -d '\\\\' | grep 'esp-proposals = aes256gcm16,aes128gcm16'"

# --- IPv6 as the underlay, from a keyfile
check "A: the keyfile is written" put_file a /etc/NetworkManager/system-connections/site-b6.nmconnection
type_in a ipv6-a >/tmp/ipv6-a 2>&1 &
first=$!
check "B: the profile with IPv6 as the underlay comes up" type_in b ipv6-b another-32-random-letters
check "A: the keyfile with IPv6 as the underlay comes up" eval "wait $first || { cat /tmp/ipv6-a; false; }"
check "IPv6 passes through a tunnel over IPv6" on a ping -c 3 -i 0.2 -W 5 fd00:0:0:1::2
put_away b site-a6
sniff_stop a eth0
expect_no_clear a eth0 "in all of it"
