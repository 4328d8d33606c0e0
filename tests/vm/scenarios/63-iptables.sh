# SPDX-License-Identifier: GPL-2.0-or-later
# As 63-firewalls, with iptables' rules, of both kinds, loaded and flushed.
# long
# timeout: 1200
beside_start

saved() { # icmp|ipv6-icmp [NAT-RULE]
    printf '%s\n' '*filter' ':INPUT ACCEPT' '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT' '-A INPUT -i lo -j ACCEPT' \
        "-A INPUT -p $1 -j ACCEPT" '-A INPUT -p esp -j ACCEPT' '-A INPUT -p udp --dport 500 -j ACCEPT' \
        '-A INPUT -p udp --dport 4500 -j ACCEPT' '-A INPUT -j REJECT' '-A FORWARD -j REJECT' COMMIT \
        '*nat' ':POSTROUTING ACCEPT' ${2:+"$2"} COMMIT
}
restore() { # nft|legacy [NAT-RULE]
    saved icmp "${2:-}" | on a iptables-$1-restore && saved ipv6-icmp "${2:-}" | on a ip6tables-$1-restore
}
flush() { # nft|legacy
    local tables
    for tables in iptables-$1 ip6tables-$1; do sh_on a "$tables -F && $tables -X && $tables -t nat -F" || return; done
}
for kind in nft legacy; do
    command -v iptables-$kind >/dev/null || { info "there is no iptables-$kind here"; continue; }
    beside "iptables-$kind-restore" restore $kind
    beside "iptables-$kind-restore, with masquerade" restore $kind '-A POSTROUTING -o eth0 -j MASQUERADE'
    beside "iptables-$kind -F, -X, -t nat -F" flush $kind
done
beside_end
