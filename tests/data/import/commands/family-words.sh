ip -f inet6 tunnel add g6 mode gre remote 2001:db8:b::1 local 2001:db8:a::1
ip -family inet addr add 10.0.0.1/30 dev g6
ip --family inet6 route add 2001:db8:20::/48 dev g6
