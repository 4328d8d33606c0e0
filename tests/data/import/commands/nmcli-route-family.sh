nmcli con add type ip-tunnel ifname gre1 mode gre remote 203.0.113.10 ip4 10.0.0.1/30 \
    ipv4.routes "192.168.20.0/24, fd00:20::/64"
