ip tunnel add gre1 mode gre local 192.0.2.1 remote 203.0.113.10
ip link add gre2 type gre local 192.0.2.1 remote 203.0.113.20
ip addr add 10.0.2.1/30 dev gre2
ip tunnel add tun0 mode ipip local 192.0.2.1 remote 203.0.113.30
ip tunnel add tun1 local 192.0.2.1 remote 203.0.113.31
nmcli con add type ip-tunnel con-name c ifname gre3 mode gre remote 203.0.113.40 ip4 10.0.3.1/30
nmcli con mod c ipv4.routes 192.168.30.0/24
nmcli con add type ip-tunnel con-name d ifname tun3 mode ipip remote 203.0.113.50
