ip link add gre1 type gre remote 203.0.113.10 encap none key 5
