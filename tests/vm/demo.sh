# SPDX-License-Identifier: GPL-2.0-or-later
# What tests/demo shows. Not a test, but it fails when what it says is not so.
# timeout: 240
tell() { printf '@@%s\n' "$*" >&3; }
title() { tell ''; tell "== $*"; }
indent() { sed -u 's/^/@@    /' >&3; }
type_in() { # HOST COMMAND: shows it as somebody there would type it, then what it prints
    local line first=1
    while IFS= read -r line; do
        [ $first = 1 ] && tell "$1# $line" || tell "    $line"
        first=0
    done <<<"$2"
    sh_on "$1" "$2" 2>&1 | indent
    return "${PIPESTATUS[0]}"
}

title "two sites, with the internet between them"
tell '    lan-a 10.1.0.2 -- site-a 192.0.2.1 -- internet -- 198.51.100.1 site-b -- 10.2.0.2 lan-b'
tell ''
host_new site-a site-b lan-a lan-b internet
link site-a eth0 internet to-a
link site-b eth0 internet to-b
link site-a eth1 lan-a eth0
link site-b eth1 lan-b eth0
router internet to-a 192.0.2.254/24 to-b 198.51.100.254/24
router site-a
router site-b
lan() { sh_on "$1" "ip addr add 10.$2.0.2/24 dev eth0; ip route add default via 10.$2.0.1"; }
lan lan-a 1
lan lan-b 2
site() { # HOST ADDRESS NET
    keyfile "$1" internet connection.type=ethernet connection.interface-name=eth0 ipv4.address1="$2.1/24,$2.254"
    keyfile "$1" lan connection.type=ethernet connection.interface-name=eth1 ipv4.address1="10.$3.0.1/24"
    go service_start "$1"
    go charon_start "$1"
    go nm_start "$1"
}
site site-a 192.0.2 1
site site-b 198.51.100 2
tell "each starts its own NetworkManager, strongSwan and nm-gre-service …"
join || bad "they do not start"
wait_until 30 on site-a ping -c 1 -W 1 198.51.100.1 >/dev/null || bad "the sites do not see each other"
tell "they see each other; the LANs behind them do not:"
! type_in lan-a 'ping -c 1 -W 2 10.2.0.2 | tail -2 | head -1' && bad "no ping there"
snapshot site-a
snapshot site-b
sniff_start internet to-a

title "the same few lines at each end"
add() { # HOST THERE REMOTE INNER NET
    type_in "$1" "nmcli con add type vpn vpn-type gre con-name to-$2 \\
    vpn.data 'remote=$3, ipsec=psk' vpn.secrets ipsec-psk=raclette \\
    ipv4.method manual ipv4.addresses 192.168.8.$4/30 ipv4.routes 10.$5.0.0/24 ipv6.method disabled"
}
add site-a b 198.51.100.1 1 2 || bad "not added"
add site-b a 192.0.2.1 2 1 || bad "not added"

title "up"
sh_on site-b 'nmcli con up to-a' >/dev/null 2>&1 & other=$!
began=$(date +%s%3N)
type_in site-a 'nmcli con up to-b' || bad "not up"
tell "    ($((($(date +%s%3N) - began) / 1000)) s, on an emulated processor)"
tell "site-b# nmcli con up to-a"
wait $other && tell "    Connection successfully activated" || bad "the tunnel does not come up on the peer"
type_in site-a 'ip -d -o link show nmgre0 | grep -oE "^[^<]*|mtu [0-9]{3,}|gre remote.*ttl [0-9]+" | paste -sd" "'
type_in site-a 'swanctl --list-sas | grep -E "ESTABLISHED|INSTALLED"'

title "from one LAN to the other"
type_in lan-a 'ping -c 4 -i 0.5 10.2.0.2' || bad "no answer"

title "what the internet saw of it"
counts internet to-a
tell "internet# tcpdump -n -i to-a"
tcpdump -nn -t -r $hosts/internet/to-a.pcap "$(packet_filter esp | tr '\n' ' ')" 2>/dev/null | tail -4 | cut -c1-90 | indent
tell "    …"
tell "    packets of the tunnel inside ESP:     $((ESP_OUT + ESP_IN))"
tell "    packets of the tunnel in clear text:  $((CLEAR_OUT + CLEAR_IN))"
[ $((ESP_OUT + ESP_IN)) -ge 8 ] || bad "too few packets in ESP"
[ $((CLEAR_OUT + CLEAR_IN)) = 0 ] || bad "packets are in clear text"

title "and down again"
sh_on site-b 'nmcli con down to-a' >/dev/null 2>&1 & other=$!
type_in site-a 'nmcli con down to-b' || bad "not down"
wait $other
expect_no_clear internet to-a "going down" >/dev/null 3>/dev/null || bad "packets are in clear text"
sniff_stop internet to-a
if wait_until 8 is_clean site-a && wait_until 8 is_clean site-b; then
    tell "    left behind at either end: no device, policy, SA, connection, secret or route"
    touch /tmp/passed
else
    bad "something is left"
fi
tell ''
