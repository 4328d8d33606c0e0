modprobe ip_gre
iptunnel add gre1 mode gre local 198.51.100.2 remote 203.0.113.10 ttl 255
ifconfig gre1 10.0.0.1 netmask 255.255.255.252 pointopoint 10.0.0.2 mtu 1400 up
ifconfig gre1 inet6 add fd00::1/64
ifconfig eth0 192.168.10.1 netmask 255.255.255.0 mtu 1500 up
ifconfig gre1 broadcast 10.0.0.3 multicast
/sbin/route add -net 192.168.20.0 netmask 255.255.255.0 gw 10.0.0.2
route add -net 192.168.21.0 metric 5 dev gre1
route add -net 10.20.0.0/16 gre1
route add -host 10.30.0.1 gw 10.0.0.2
route add 172.20.1.5 gre1
route -A inet6 add fd01::/64 gw fd00::2 dev gre1
route add default gw 192.168.10.254
route add -net 10.99.0.0 netmask 255.255.0.0 reject
route del -net 10.98.0.0/16 gre1
ifconfig gre1 del 10.0.0.9
ifconfig gre1
route -n
