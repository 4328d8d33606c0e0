#!/bin/bash
set -e
LOCAL=198.51.100.2   # this end
REMOTE="203.0.113.10"
IF=tun2b
export KEY=0x2a
sudo ip tunnel del $IF 2>/dev/null || true
sudo ip tunnel add "$IF" mode gre \
    local ${LOCAL} remote ${REMOTE} \
    ikey $KEY okey 0.0.0.42 csum ttl inherit tos inherit
# sudo ip tunnel add old mode gre remote 192.0.2.1
sudo ip addr add 10.0.0.1/30 dev $IF; sudo ip link set dev $IF up && sudo ip -6 addr add fd00::1/64 dev $IF
sudo /sbin/ip -6 route add default via fd00::2 dev $IF
sudo iptables -A INPUT -p gre -j ACCEPT
echo 1 > /proc/sys/net/ipv4/ip_forward
