ip tunnel add he6 mode sit remote 203.0.113.9 local 192.0.2.1
ip link add tap1 type gretap remote 203.0.113.9
