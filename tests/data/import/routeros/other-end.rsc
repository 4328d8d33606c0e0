/interface gre
add local-address=203.0.113.10 name=gre1 remote-address=198.51.100.2
/ip ipsec profile
add name=other
/ip ipsec peer
add address=192.0.2.77/32 name=other profile=other
/ip ipsec proposal
add name=other
/ip firewall nat
add action=accept chain=srcnat ipsec-policy=out,ipsec
/ip ipsec identity
add peer=other secret=SECRETa
/ip ipsec policy
set 0 disabled=yes
add dst-address=198.51.100.0/24 peer=other proposal=other src-address=203.0.113.10/32 tunnel=yes
