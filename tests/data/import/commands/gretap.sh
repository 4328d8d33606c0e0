ip link add gretap1 type gretap local 198.51.100.2 remote 203.0.113.10
