ip tunnel add gre1 mode gre key 1234 ttl 255 local 198.51.100.2 remote any
ip addr add 10.0.0.1/24 dev gre1
