sudo -u root -E /sbin/ip tunnel add gre1 mode gre remote 203.0.113.10
if ! ip link show gre1; then sudo sh -c "ip addr add 10.0.0.1/30 dev gre1"; fi
bash -ec 'ip route add 192.168.20.0/24 dev gre1
ip link set gre1 mtu 1400'
docker exec -it -e A=b r1 ip addr add 10.0.0.9/30 dev gre1
