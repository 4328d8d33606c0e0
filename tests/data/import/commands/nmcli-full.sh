sudo nmcli -t connection add type ip-tunnel con-name tun ifname tun1 ip-tunnel.mode ip6gre \
  ip-tunnel.remote 2001:db8:b::10 ip-tunnel.local 2001:db8:a::2 ip-tunnel.input-key 7 ip-tunnel.output-key 8 \
  ip-tunnel.ttl 32 ip-tunnel.tos 4 ip-tunnel.mtu 1300 ip-tunnel.flow-label 5 ip-tunnel.encapsulation-limit 4 \
  ip-tunnel.flags 0x1 ipv6.addresses "fd00::1/64, fd01::1/64" ipv6.dns fd00::53 ipv6.dns-search example.net \
  ipv4.method disabled connection.zone internal connection.autoconnect no 802-3-ethernet.mtu 5
nmcli con del old
