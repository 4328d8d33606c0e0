# SPDX-License-Identifier: GPL-2.0-or-later
# Cables between hosts, switches and routers.

link() { # HOST1 IF1 HOST2 IF2: a cable between two hosts
    ip link add "$2" netns "$(host_pid "$1")" type veth peer name "$4" netns "$(host_pid "$3")"
    on "$1" ip link set "$2" up
    on "$3" ip link set "$4" up
}
link_cut() { on "$1" ip link set "$2" down; } # HOST IF: as if the cable were pulled, at that end
link_mend() { on "$1" ip link set "$2" up; }
switch() { # NAME HOST IF [HOST IF…]: all on one wire; NAME is a host of its own, its ports p1 p2 …
    local name=$1 port=0
    shift
    host_new "$name"
    on "$name" ip link add br0 type bridge
    on "$name" ip link set br0 up
    while [ $# -gt 1 ]; do
        port=$((port + 1))
        link "$name" "p$port" "$1" "$2"
        on "$name" ip link set "p$port" master br0
        shift 2
    done
}
router() { # NAME [IF ADDRESS/LENGTH…]: forwards between its cables, which are plugged in before
    local name=$1
    shift
    on "$name" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    while [ $# -gt 1 ]; do
        on "$name" ip addr add "$2" dev "$1"
        on "$name" ip link set "$1" up
        shift 2
    done
}
