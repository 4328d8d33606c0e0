/interface gre add name=gre1 local-address=203.0.113.10 remote-address=198.51.100.2 ipsec-secret="SECRETa" keepalive=10s,3
/ip address add address=10.0.0.9/24 interface=gre1
