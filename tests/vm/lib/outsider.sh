# SPDX-License-Identifier: GPL-2.0-or-later
# A third host, c, on a cable of its own to eth1 of a, which sends clear GRE in the name of b: addresses of the profiles
# t4 and t6 (tunnels_in_both). None of it may get in.

# In c: b's addresses, and two devices as b might have them, but for the hop limit, by which they are told apart.
# In a: counters for what comes out of a tunnel, in a table that its process owns: it outlives a flushed ruleset.
outsider_prepare() {
    local mac
    mac=$(on a cat /sys/class/net/eth1/address)
    sh_on c "ip addr add 172.31.0.2/24 dev eth0
        ip addr add fd31::2/64 dev eth0 nodad
        ip neigh replace 172.31.0.1 lladdr $mac dev eth0 nud permanent
        ip neigh replace fd31::1 lladdr $mac dev eth0 nud permanent
        ip link add g4 type gre local 172.31.0.2 remote 172.31.0.1 ttl 63
        ip link add g6 type ip6gre local fd31::2 remote fd31::1 hoplimit 63 encaplimit none
        ip addr add 192.168.8.66/24 dev g4
        ip addr add fd08::66/64 dev g6 nodad
        ip link set g4 up
        ip link set g6 up"
    sh_on a 'printf "[keyfile]\nunmanaged-devices+=interface-name:eth1\n" >/etc/NetworkManager/conf.d/outsider.conf'
    background a outsider.log sh -c '{ printf "%s\n" \
        "add table inet outsider { flags owner; }" \
        "add chain inet outsider inside { type filter hook prerouting priority -300; }" \
        "add rule inet outsider inside ip saddr 192.168.8.66 counter" \
        "add rule inet outsider inside ip6 saddr fd08::66 counter"; sleep 86400; } | nft -i'
    wait_until "$PATIENCE" eval '[ "$(on a nft list table inet outsider | grep -c counter)" = 2 ]' ||
        bad "there are no counters for the third host"
}
outsider_start() {
    background c outsider.log ping -n -i 0.1 192.168.8.1
    background c outsider.log ping -n -i 0.1 fd08::1
    wait_until "$PATIENCE" eval '[ $(outsider_sent) -gt 0 ]' || bad "the third host sends nothing"
}
outsider_sent() { echo $(($(device_packets c g4 tx) + $(device_packets c g6 tx))); }
outsider_delivered() {
    on a nft list table inet outsider |
        awk '/counter/ { for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1) } END { print n + 0 }'
}
# Devices made by hand and without IPsec: this has to get in, or the rest proves nothing.
outsider_gets_in() {
    sh_on a "ip addr add 172.31.0.1/24 dev eth0
        ip addr add fd31::1/64 dev eth0 nodad
        ip link add g4 type gre local 172.31.0.1 remote 172.31.0.2
        ip link add g6 type ip6gre local fd31::1 remote fd31::2
        ip link set g4 up
        ip link set g6 up"
    on c ping -c 3 -i 0.1 -W 1 192.168.8.1
    on c ping -c 3 -i 0.1 -W 1 fd08::1
    sh_on a "ip link del g4; ip link del g6; ip addr flush dev eth0"
    OUTSIDER_DELIVERED=$(outsider_delivered)
    [ "$OUTSIDER_DELIVERED" = 6 ]
}

outsider_delivered_now() { # what has got in is known, and no failure
    local before=$OUTSIDER_DELIVERED
    OUTSIDER_DELIVERED=$(outsider_delivered)
    info "of the third host $((OUTSIDER_DELIVERED - before)) packets got in"
}

OUTSIDER_SENT=0
nothing_clear() { # TEXT: since the last time, on the wire of a and into a
    local sent got
    expect_no_clear a eth0 "$1"
    sent=$(outsider_sent) got=$(outsider_delivered)
    check_equal "$1: no clear GRE is let in (the third host sent $((sent - OUTSIDER_SENT)))" "$OUTSIDER_DELIVERED" "$got"
    [ "$sent" -gt "$OUTSIDER_SENT" ] || bad "$1: the third host is silent"
    OUTSIDER_SENT=$sent
}
# What it sends comes in clear, and may be answered.
no_quotes() { expect_no_quotes a eth0 "$1" 'icmp[16] == 63 or ip6[55] == 63'; } # TEXT
