#!/bin/bash
# gre-tunnels.sh start|stop
LOCAL=${LOCAL:-198.51.100.2}
: "${TTL:=255}"

log() { echo "$@" >&2; }

run() {
    echo "+ $*"
    "$@" || exit 1
}

setup_tunnel() {
    local name=$1
    local remote=${2:-203.0.113.99}
    shift 2
    run ip tunnel add "$name" mode gre local "$LOCAL" remote "$remote" ttl "$TTL"
    run ip addr add "$1" dev "$name"
    ip link set "$name" mtu ${MTU:-${OTHER:-1400}} up
}

function add_route {
    ip route add $1 dev ${2:-gre1}
}

start() {
    log "starting"
    setup_tunnel gre1 203.0.113.10 10.0.0.1/30
    add_route 192.168.20.0/24
}

stop()
{
    ip tunnel del gre1
}

case "$1" in
    start) start ;;
    stop) stop ;;
    restart)
        stop
        start
        ;;
esac
