#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What scenarios are written with: the functions are in lib/, a file a purpose, as README.md lists them.
# guest.sh runs `lib.sh SCENARIO` in namespaces of its own. All state is in files under /tmp/h/HOST, so that
# every function also works in the background and in subshells.
vm=/nm-gre-vm
hosts=/tmp/h
PATIENCE=90 # seconds for what has to happen and is not what is tested: slow machines are no failure
tools=/tmp/tools # in the hosts too, where $vm is not
for part in results hosts cables networkmanager strongswan other-vendors service systemd wire traffic outsider beside names what-is-left; do
    . "$vm/lib/$part.sh"
done

# --- running a scenario ----------------------------------------------------------------------------

show_context() { # where something failed: the last words of each host's daemons
    local dir log
    for dir in "$hosts"/*/; do
        for log in service journal nm charon dbus host; do
            [ -s "$dir$log.log" ] || continue
            echo "--- $(basename "$dir") $log.log"
            # what other services the bus looked for in vain says nothing
            grep -v -E 'hostname1|nm_dispatcher|login1' "$dir$log.log" | tail -8 | cut -c1-200
        done
    done | explain
}
keep_files() {
    local dir
    for dir in "$hosts"/*/ "$hosts"/.gone-*/; do
        [ -d "$dir" ] || continue
        mkdir -p "$OUT/$(basename "$dir")"
        find "$dir" -maxdepth 1 -type f -exec cp {} "$OUT/$(basename "$dir")/" \;
    done
}
supervise() { # SCENARIO: in a process group of its own, so that one that hangs can be ended
    local pid watchdog status
    setsid bash -c '. "$1"; . "$2"' scenario "$vm/lib.sh" "$1" &
    pid=$!
    (sleep "$LIMIT" && touch /tmp/overdue && kill -KILL -- "-$pid") 3>&- >/dev/null 2>&1 &
    watchdog=$!
    wait "$pid"
    status=$?
    if [ -e /tmp/overdue ]; then
        bad "no end after $LIMIT seconds"
    elif [ $status -ne 0 ] && [ ! -e /tmp/failed ]; then
        bad "the scenario ended early, with status $status"
        tail -5 "$OUT/log" | explain
    elif [ ! -e /tmp/passed ] && [ ! -e /tmp/failed ]; then
        bad "the scenario checked nothing"
    fi
    kill "$watchdog" 2>/dev/null
    if [ -e /tmp/failed ]; then
        show_context
        keep_files
        exit 1
    fi
    exit 0
}
if [ "${BASH_SOURCE[0]}" = "$0" ] && [ $# -eq 1 ]; then
    mount -t tmpfs tmpfs /tmp
    mount -t tmpfs tmpfs /run
    mkdir -p "$hosts" $tools && cp "$vm/vici-list" "$vm/journal" "$vm/host-state" $tools/ && cd /tmp && ip link set lo up
    supervise "$1"
fi
