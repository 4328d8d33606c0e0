# SPDX-License-Identifier: GPL-2.0-or-later
# nm-gre-service, as its unit starts it.

service_program=$(sed -n 's/^program=//p' /usr/lib/NetworkManager/VPN/nm-gre-service.name 2>/dev/null)
service_start() { # HOST [ARGUMENT…]: as the unit does it, before NetworkManager
    bus_start "$1"
    background "$1" service.log env NM_VPN_LOG_LEVEL=7 "$service_program" --debug --persist "${@:2}"
    wait_until "$PATIENCE" service_answers "$1" || { bad "the service does not start on $1"; return 1; }
}
service_answers() {
    on "$1" dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.GetNameOwner string:org.freedesktop.NetworkManager.gre
}
service_stop() { end "$1" TERM nm-gre-service; }
service_kill() { end "$1" KILL nm-gre-service; }
journal() { # HOST: all that the service said, whoever started it: to stderr where service_start did, else to the journal
    cat "$hosts/$1/service.log" 2>/dev/null
    grep -s '^nm-gre-service ' "$hosts/$1/journal.log"
}
