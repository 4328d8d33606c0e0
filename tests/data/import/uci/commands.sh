uci set network.gre1=interface
uci set network.gre1.proto='gre'
uci set network.gre1.ipaddr=198.51.100.2
uci set network.gre1.peeraddr="203.0.113.10"
uci add network interface
uci set network.@interface[-1].proto=static
uci set network.@interface[-1].device=@gre1
uci set network.@interface[-1].ipaddr=10.0.0.1/30
uci -q add network route
uci set network.@route[-1].interface=gre1
uci set network.@route[-1].target=192.168.20.0/24
uci commit network
