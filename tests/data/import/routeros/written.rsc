# For 203.0.113.10, MikroTik RouterOS: GRE to 198.51.100.2. By nm-gre peer.
/ip ipsec profile add name=site-a enc-algorithm=aes-256 hash-algorithm=sha256 dh-group=modp2048 lifetime=14400s dpd-interval=30s
/ip ipsec proposal add name=site-a enc-algorithms=aes-256-cbc auth-algorithms=sha256 pfs-group=modp2048 lifetime=3600s
/ip ipsec peer add name=site-a address=198.51.100.2/32 local-address=203.0.113.10 exchange-mode=ike2 profile=site-a
/ip ipsec identity add peer=site-a auth-method=pre-shared-key secret="SECRETa" my-id=address:203.0.113.10 remote-id=address:198.51.100.2
/ip ipsec policy add peer=site-a tunnel=yes src-address=203.0.113.10/32 dst-address=198.51.100.2/32 protocol=gre proposal=site-a
/interface gre add name=site-a local-address=203.0.113.10 remote-address=198.51.100.2 mtu=1414 clamp-tcp-mss=yes !keepalive allow-fast-path=no dont-fragment=inherit dscp=inherit
/ip address add address=10.0.0.2/30 interface=site-a
/ip route add dst-address=192.168.10.0/24 gateway=site-a
