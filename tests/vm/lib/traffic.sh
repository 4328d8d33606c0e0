# SPDX-License-Identifier: GPL-2.0-or-later
# Pings through a tunnel, and what is lost of them.

# HOST ROUTE…: a ping needs some route to begin at all; what is meant for the tunnel vanishes where there is none.
nowhere() {
    sh_on "$1" 'mkdir -p /etc/NetworkManager/conf.d
        printf "[keyfile]\nunmanaged-devices=interface-name:nowhere\n" >/etc/NetworkManager/conf.d/nowhere.conf
        ip link add nowhere type dummy
        ip link set nowhere up'
    local route
    for route in "${@:2}"; do on "$1" ip route add $route dev nowhere; done
}
# All daemons of two hosts a and b, and their WANs: where the tunnels of tunnels_in_both begin and end.
start_both() {
    local daemons
    charon_start a b & daemons=$!
    service_start a
    service_start b
    nm_start a b
    wan a eth0 172.31.0.1/24 - fd31::1/64
    wan b eth0 172.31.0.2/24 - fd31::2/64
    wait $daemons
}
# HOST KEY=VALUE…: profiles t4 and t6 of two hosts a and b, each in its own family
tunnels_in_both() {
    local host=$1 me=1 peer=2
    shift
    [ "$host" = a ] || me=2 peer=1
    profile "$host" t4 remote=172.31.0.$peer ipsec=psk ipsec-psk=raclette ipv4.addresses=192.168.8.$me/30 "$@"
    profile "$host" t6 remote=fd31::$peer ipsec=psk ipsec-psk=fondue ipv6.addresses=fd08::$me/126 "$@"
}
traffic_start() { # HOST ADDRESS: 50 pings a second until traffic_stop
    background "$1" "ping.$2" ping -D -O -n -i 0.02 -W 1 "$2"
}
traffic_stop() { # HOST ADDRESS: sets LOST, RECEIVED and GAP (the longest silence, in tenths of a second)
    on "$1" pkill -INT -f -- "-W 1 $2\$"
    wait_until "$PATIENCE" grep -q transmitted "$hosts/$1/ping.$2" || bad "the ping on $1 gave no result"
    read -r RECEIVED LOST GAP < <(awk '
        /bytes from/ { t = substr($1, 2) + 0; if (last && t - last > gap) gap = t - last; last = t }
        / transmitted/ { sent = $1; for (i = 2; i < NF; i++) if ($(i + 1) ~ /^received/) got = $i }
        END { printf "%d %d %d\n", got, sent - got, gap * 10 + 0.5 }' "$hosts/$1/ping.$2")
    mv "$hosts/$1/ping.$2" "$hosts/$1/ping.$2.${EPOCHREALTIME/./}"
}
answers() { grep -c 'bytes from' "$hosts/$1/ping.$2"; }
traffic_flows() { # HOST ADDRESS SECONDS: whether answers come (again) within that time; prints when
    local before began
    before=$(answers "$1" "$2")
    now
    began=$NOW
    wait_until "$3" more_answers "$1" "$2" "$before" || return 1
    now
    printf '%d.%d\n' $(((NOW - began) / 1000)) $(((NOW - began) / 100 % 10))
}
more_answers() { [ "$(answers "$1" "$2")" -gt $(($3 + 4)) ]; }
