docker network create net
docker exec -it r1 ip tunnel add gre1 mode gre local 198.51.100.2 remote 203.0.113.10
docker exec -it r1 ip addr add 10.0.0.1/30 dev gre1
docker exec -u root r2 ip tunnel add gre1 mode gre local 203.0.113.10 remote 198.51.100.2
docker exec r2 sh -c 'ip addr add 10.0.0.2/30 dev gre1; ip link set gre1 up'
docker exec -it r1 bash -c "ip route add 192.168.20.0/24 via 10.0.0.2"
