ip tunnel add gre1 mode gre remote 203.0.113.10 local 198.51.100.2 ttl 255 key 42
ip link set gre1 up
ip addr add 10.0.0.1/30 dev gre1
ip route add 192.168.20.0/24 dev gre1
