/interface eoip
add name=eoip1 remote-address=198.51.100.2 tunnel-id=0
