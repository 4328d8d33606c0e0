# SPDX-License-Identifier: GPL-2.0-or-later
# What a tunnel leaves behind on a host.

# Devices that the kernel makes in each namespace with its tunnel modules are nobody's.
fallback='gre0|gretap0|erspan0|ip6gre0|ip6tnl0|sit0|tunl0|ip_vti0|ip6_vti0'
# Under emulation a program costs 45 ms to start: one awk for all, and ip's batches where that lists all.
host_state() { # HOST: all that one of our tunnels could leave behind, in a form that two of them compare in
    sh_on "$1" "fallback='$fallback' tools=$tools;"'
        section() { printf "== %s\n" "$1"; shift; "$@" 2>/dev/null; }
        {
            section links ip -o link
            section xfrm ip -o xfrm policy list nosock
            section xfrm ip -o xfrm state
            printf "%s\n" "rule" "route show table all" | section routes ip -o -b -
            printf "%s\n" "rule" "route show table all" | section routes6 ip -6 -o -b -
            [ ! -S /run/charon.vici ] || section strongswan $tools/vici-list get-conns list-sas get-shared get-keys get-authorities
            section nft nft -s list ruleset
            section files find /run/nm-gre -type f
            section profiles nmcli -t -f NAME,TYPE,DEVICE con show --active
        } | $tools/host-state -v fallback="$fallback" | sort
    '
}
# An address gets its route when the kernel has seen that nobody else has it.
has_addresses() { ! on "$1" ip -6 -o address show tentative | grep -q .; }
snapshot() { # HOST: what expect_clean compares with
    wait_until 10 has_addresses "$1" && host_state "$1" >"$hosts/$1/snapshot"
}
is_clean() { host_state "$1" >"$hosts/$1/state" && diff -U1 "$hosts/$1/snapshot" "$hosts/$1/state"; }
expect_clean() { # HOST [TEXT]: within 15 seconds (a look takes two); both daemons and the kernel take a moment
    check "${2:-nothing is left} on $1" wait_until 15 is_clean "$1"
}
