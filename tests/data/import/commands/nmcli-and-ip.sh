nmcli con add type ip-tunnel ifname gre1 mode gre remote 203.0.113.10
ip tunnel add gre2 mode gre remote 203.0.113.20
