ip tunnel add tun0 mode gre remote 203.0.113.10 local 198.51.100.2
ip addr add 10.0.0.1/30 dev tun0 label tun0:1 valid_lft 100 preferred_lft 100
ip route add 192.168.20.0/24 via 10.0.0.2 dev tun0 onlink metric high mtu lock 1300
