/interface gre
add local-address=203.0.113.10 name=gre1 remote-address=198.51.100.2
/ip ipsec profile
add name=other
/ip ipsec peer
add address=198.51.100.2 name=other profile=other
/ip ipsec proposal
add name=other
/ip firewall nat
add action=accept chain=srcnat ipsec-policy=out,ipsec
/ip ipsec identity
add peer=other auth-method=eap-radius certificate=hq my-id=dn
/ip ipsec policy
set 0 disabled=yes
add dst-address=198.51.100.2/32 peer=other tunnel=yes level=unique src-address=203.0.113.10/32 tunnel=yes
