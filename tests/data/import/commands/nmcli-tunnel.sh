sudo nmcli connection add type ip-tunnel con-name tun2b ifname tun2b mode gre \
  remote 203.0.113.10 local 198.51.100.2 ip-tunnel.input-key 7 ip-tunnel.output-key 7 ip-tunnel.ttl 255
sudo nmcli connection modify tun2b ipv4.method manual ipv4.addresses '10.0.0.1/30, 10.9.0.1/32'
nmcli con mod tun2b +ipv4.routes "192.168.20.0/24 10.0.0.2, 192.168.30.0/24 10.0.0.2 50"
nmcli c modify id tun2b ipv4.dns 10.0.0.2 ipv4.dns-search "example.net,example.org" connection.zone internal
nmcli con mod eth0 ipv4.method auto
nmcli con up tun2b
ip route get 192.168.20.1
