/interface gre
add name=gre1 remote-address=198.51.100.2
