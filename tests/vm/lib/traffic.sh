# SPDX-License-Identifier: GPL-2.0-or-later
# Pings through a tunnel, and what is lost of them.

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
