nmcli con add type ip-tunnel ifname t0 mode gre remote 203.0.113.10 ip-tunnel.ttl 300
