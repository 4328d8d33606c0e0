nmcli connection add type ip-tunnel ifname tun0 mode gre remote 203.0.113.10 ip4 10.0.0.1/30 gw4 nonsense
