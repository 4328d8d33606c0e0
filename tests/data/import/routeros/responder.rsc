/interface gre
add local-address=203.0.113.10 name=gre1 remote-address=198.51.100.2
/ip ipsec profile
add name=other
/ip ipsec peer
add address=0.0.0.0/0 passive=yes name=other profile=other
/ip ipsec proposal
add name=other
/ip firewall nat
add action=accept chain=srcnat ipsec-policy=out,ipsec
/ip ipsec identity
add peer=other secret=SECRETa generate-policy=port-strict
/ip ipsec policy
set 0 disabled=yes
add dst-address=192.168.77.0/24 peer=other proposal=other src-address=192.168.20.0/24 tunnel=yes
