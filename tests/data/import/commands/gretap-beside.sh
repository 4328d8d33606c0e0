ip link add tap1 type gretap remote 203.0.113.9
ip link add gre1 type gre remote 203.0.113.10
