# SPDX-License-Identifier: GPL-2.0-or-later
# Both ends ours, with a pre-shared key: gre and ip6gre, with and without a key, inner IPv4, IPv6 and both,
# addresses from NetworkManager and from our own keys, and a LAN behind each end. Four tunnels at once.
# timeout: 400
tunnels='both keyed six sixkey'
psk=gruyere-7431 psk6=tete-de-moine-99
psk6_hex=0x$(printf %s "$psk6" | od -An -v -tx1 | tr -d ' \n')

host_new a b lan1 lan2
link a eth0 b eth0
link a lan0 lan1 eth0
link b lan0 lan2 eth0
site() { # LAN-HOST GATEWAY-HOST NUMBER
    router "$2" lan0 "10.$3.0.1/24" lan0 "fd10:$3::1/64"
    sh_on "$1" "ip addr add 10.$3.0.2/24 dev eth0; ip addr add fd10:$3::2/64 dev eth0
        ip route add default via 10.$3.0.1; ip -6 route add default via fd10:$3::1"
}
site lan1 a 1
site lan2 b 2
go service_start a
go service_start b
join
go nm_start a b
go charon_start a b
join
go wan a eth0 172.31.0.1/24 172.31.0.2 fd31::1/64 fd31::2
go wan b eth0 172.31.0.2/24 172.31.0.1 fd31::2/64 fd31::1
join

add() { # HOST ME PEER SECRET6: the profiles of one end
    local four=(remote=172.31.0.$3 ipsec=psk "ipsec-psk=$psk") six=(remote=fd31::$3 ipsec=psk "ipsec-psk=$4")
    go profile "$1" both ifname=both "${four[@]}" ipv4.addresses=192.168.8.$2/30 ipv4.routes=10.$3.0.0/24 \
        ipv6.addresses=fd08::$2/64 ipv6.routes=fd10:$3::/64
    go profile "$1" keyed ifname=keyed "${four[@]}" key=42 ip4=192.168.9.$2/30
    go profile "$1" six ifname=six "${six[@]}" ip4="192.168.10.$2/30 192.168.11.$2/30 192.168.12.$2/30" \
        ip6="fd0a::$2/64 fd0b::$2/64"
    go profile "$1" sixkey ifname=sixkey "${six[@]}" key=0.0.0.42 ipv6.addresses=fd0c::$2/64
}
add a 1 2 "$psk6_hex"
add b 2 1 "$psk6"
go snapshot a
go snapshot b
join
sniff_start a eth0

for tunnel in $tunnels; do
    go check "$tunnel comes up on b" up b "$tunnel"
    go check "$tunnel comes up on a" up a "$tunnel"
done
join

# --- what the kernel has ---------------------------------------------------------------------------

mtu() { on "$1" cat "/sys/class/net/$2/mtu"; }
for host in a b; do
    # gcm16 of 1500 bytes: 1442 over IPv4, 1422 over IPv6, 4 less with a key
    check_equal "each tunnel on $host has the MTU that fits ESP" "1442 1438 1422 1418" \
        "$(mtu $host both) $(mtu $host keyed) $(mtu $host six) $(mtu $host sixkey)"
done
key() { on a ip -d -o link show "$1" | grep -o '[io]key [0-9.]*' | tr '\n' ' '; }
check_equal "both keyed tunnels have their key in both directions" "ikey 0.0.0.42 okey 0.0.0.42 ikey 0.0.0.42 okey 0.0.0.42 " \
    "$(key keyed)$(key sixkey)"
check_equal "the tunnels without a key have none" "" "$(key both)$(key six)"
check_equal "each tunnel has its barrier in both directions" "8 8" "$(barriers a) $(barriers b)"
one_each() { [ "$(sa_count "$1" ike) $(sa_count "$1" child)" = "2 2" ]; }
check "two tunnels share one SA in each family" wait_until 20 one_each a

# --- traffic ---------------------------------------------------------------------------------------

reaches() { check "$1 reaches $2" on "$1" ping -q -c 2 -i 0.2 -W 5 "$2"; }
for net in 192.168.8. 192.168.9. 192.168.10. 192.168.11. 192.168.12. fd08:: fd0a:: fd0b:: fd0c::; do
    go reaches a ${net}2
    go reaches b ${net}1
    join
done
go reaches lan1 10.2.0.2
go reaches lan2 10.1.0.2
go reaches lan1 fd10:2::2
go reaches lan2 fd10:1::2
join
counts a eth0 "pings through four tunnels"
check_equal "no ping leaves or enters in clear text" "0 0" "$CLEAR_OUT $CLEAR_IN"
check_number "the pings leave as ESP" "$ESP_OUT" -ge 44 # 2 each of 9 tunnel and 2 LAN pings, and as many answers
check_number "the answers enter as ESP" "$ESP_IN" -ge 44
check_number "pings over IPv6 leave as ESP too" "$(frames a eth0 out ip6 proto 50)" -ge 20

# A packet of exactly the MTU is one ESP packet that fills the link; one byte more doesn't leave.
FULL4='ip proto 50 and ip[2:2] = 1500' FULL6='ip6 proto 50 and ip6[4:2] = 1460'
full() { # TUNNEL ADDRESS HEADERS FILTER
    local size before
    size=$(($(mtu a "$1") - $3)) before=$(frames a eth0 out "$4")
    check "$1 takes packets of its MTU" on a ping -q -M do -c 1 -W 5 -s "$size" "$2"
    check_equal "$1 sends it as one ESP packet of 1500 bytes" $((before + 1)) "$(frames a eth0 out "$4")"
    check_not "$1 takes no packet of one byte more" on a ping -q -M do -c 1 -W 1 -s $((size + 1)) "$2"
    check_equal "no packet of one byte more leaves $1" $((before + 1)) "$(frames a eth0 out "$4")"
}
full both 192.168.8.2 28 "$FULL4"
full keyed 192.168.9.2 28 "$FULL4"
full both fd08::2 48 "$FULL4"
full six 192.168.10.2 28 "$FULL6"
full sixkey fd0c::2 48 "$FULL6"
check_equal "no fragment leaves" 0 "$(frames a eth0 out '(ip and ip[6:2] & 0x3fff != 0) or ip6 proto 44')"
# NetworkManager had time to look at the device by now.
addresses() { on "$1" ip -o addr show dev six scope global | awk '{ print $4 }' | sort | tr '\n' ' '; }
for host in a b; do
    me=1
    [ $host = a ] || me=2
    check_equal "$host has all addresses of the profiles" \
        "192.168.10.$me/30 192.168.11.$me/30 192.168.12.$me/30 fd0a::$me/64 fd0b::$me/64 " "$(addresses $host)"
done

# --- what is told, and what is not -----------------------------------------------------------------

for tunnel in $tunnels; do
    check "the journal says how $tunnel is protected" \
        eval "journal a | grep -F '[$tunnel]' | grep 'secured: ESP AES_GCM_16, transport mode'"
done
everything() { # HOST: where a secret could have leaked to
    sh_on "$1" 'ps -e -ww -o args; cat /proc/[0-9]*/environ | tr "\0" "\n"
        find /run/nm-gre -type f -exec cat {} +
        for tunnel in '"$tunnels"'; do nmcli -g vpn.data con show $tunnel; done'
    journal "$1"
    cat "$hosts/$1"/*.log "$hosts/$1"/up.*
}
secrets() { grep -a -c -F -e "$psk" -e "$psk6" -e "${psk6_hex#0x}"; }
for host in a b; do
    everything $host >/tmp/everything.$host 2>&1
    check_number "there are files to search for secrets on $host" \
        "$(grep -c -e 'ipsec *= *psk' -e nm-gre-service -e secured: /tmp/everything.$host)" -ge 8
    check_equal "none of these files on $host has a secret" 0 "$(secrets </tmp/everything.$host)"
    check_number "the secrets on $host are where NetworkManager keeps them" \
        "$(sh_on $host 'cat /etc/NetworkManager/system-connections/*' | secrets)" -eq 4
done

# --- the end ---------------------------------------------------------------------------------------

expect_no_clear a eth0 "until now"
for tunnel in $tunnels; do
    go check "$tunnel goes down on a" down a "$tunnel"
    go check "$tunnel goes down on b" down b "$tunnel"
done
join
go expect_clean a
go expect_clean b
join
expect_no_clear a eth0 "going down"
sniff_stop a eth0
