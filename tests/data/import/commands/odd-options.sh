ip link add gre1 txqueuelen 500 type gre remote 203.0.113.10 local 198.51.100.2 icsum oseq tos AF41
ip link set gre1 up multicast on
ip route add 192.168.20.0/24 via 10.0.0.2
ip route add 192.168.30.0/24 dev gre1 src 192.168.10.1 mtu lock 1300 table 100 proto static
ip link set eth0 up
ip xfrm state flush
