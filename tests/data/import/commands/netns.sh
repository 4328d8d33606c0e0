ip netns add a
ip netns exec a ip tunnel add gre1 mode gre local 203.0.113.10 remote 198.51.100.2
ip netns exec b ip link add gre1 type gre local 198.51.100.2 remote 203.0.113.10
ip -n a addr add 10.0.0.1/30 dev gre1
ip -n b addr add 10.0.0.2/30 dev gre1
sudo ip netns exec b ifconfig gre1 mtu 1400 up
ip netns exec a ping -c 1 10.0.0.2
