# SPDX-License-Identifier: GPL-2.0-or-later
# Other programs' firewalls beside protected tunnels, started, stopped and loaded again: nftables.service, and what
# Docker makes and deletes. Each lets IKE and ESP in, and no GRE: what was decrypted passes as the answer to what this
# host sent.
# timeout: 1200
times=20 # that Docker's bridges and tables come and go
beside_start

# --- nftables.service -----------------------------------------------------------------------------------------------

unit() { sed -n "s/^Exec$1=//p" /lib/systemd/system/nftables.service; } # Start|Stop: what it runs
restart() { sh_on a "$(unit Stop); $(unit Start)"; }
sh_on a 'cat >/etc/nftables.conf' <<'E2'
#!/usr/sbin/nft -f
flush ruleset
table inet filter {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state { established, related } accept
        iif lo accept
        meta l4proto { icmp, ipv6-icmp, esp } accept
        udp dport { 500, 4500 } accept
    }
}
E2
beside "nftables.service starts" sh_on a "$(unit Start)"
beside "nftables.service starts again" restart
sh_on a 'echo "table inet nat { chain out { type nat hook postrouting priority srcnat; oifname eth0 masquerade; }; }" >>/etc/nftables.conf'
beside "nftables.service starts again, with masquerade" restart
beside "nftables.service starts again with masquerade as before" restart
beside "nftables.service stops" sh_on a "$(unit Stop)"

# --- as Docker does -------------------------------------------------------------------------------------------------

churn() {
    sh_on a "for n in \$(seq $times); do"'
        ip link add br$n type bridge && ip addr add 172.18.$n.1/24 dev br$n && ip link set br$n up || exit
        echo "table ip docker {
            chain published { }
            chain in { type nat hook prerouting priority dstnat; fib daddr type local jump published; }
            chain out { type nat hook postrouting priority srcnat; oifname eth0 masquerade; }
            chain between { type filter hook forward priority filter; oifname br$n ct state established accept; }
        }" | nft -f - && nft add rule ip docker published tcp dport 80 dnat to 172.18.$n.2 &&
            nft delete table ip docker && ip link del br$n || exit
        sleep 0.1
    done'
}
beside "bridges and tables come and go $times times" churn
beside_end
