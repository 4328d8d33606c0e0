ip -6 tunnel add g6 mode ip6gre remote 2001:db8:b::10 local 2001:db8:a::2 encaplimit none hoplimit 64 flowlabel 10 tclass 20
ip -6 addr add fd00::1/64 dev g6
ip addr add 10.0.0.1/30 dev g6 brd + scope global label g6:1
ip link set up dev g6
