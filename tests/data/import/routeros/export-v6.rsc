# jan/02/1970 00:00:10 by RouterOS 6.42.1
/interface gre
add name=gre1 remote-address=198.51.100.2
/ip ipsec proposal
set [ find default=yes ] auth-algorithms=sha256 enc-algorithms=aes-128-cbc \
    lifetime=1d 00:00:00 pfs-group=none
/ip address
add address=10.0.0.2 interface=gre1 network=10.0.0.1
/ip ipsec peer
add address=198.51.100.2/32 dh-group=modp2048 enc-algorithm=aes-256 \
    hash-algorithm=sha256 nat-traversal=no secret=SECRETa
/ip ipsec policy
add dst-address=198.51.100.2/32 protocol=gre sa-dst-address=198.51.100.2 \
    sa-src-address=203.0.113.10 src-address=203.0.113.10/32
