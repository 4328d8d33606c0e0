ip li add t0 mtu 1360 type gre rem 203.0.113.10 loc 198.51.100.2 ik 1 ok 2 nopm ign seq fwm 0x10 dev eth0
ip ad add 10.0.0.1/31 dev t0
