nmcli con add type ip-tunnel ifname gre1 mode gre remote 203.0.113.10
nmcli con add type ip-tunnel ifname gre2 mode gre remote 203.0.113.20
