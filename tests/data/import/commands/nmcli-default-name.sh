nmcli con add type ip-tunnel ifname gre1 mode gre remote 198.51.100.1 local 192.0.2.1
nmcli con modify ip-tunnel-gre1 ip-tunnel.input-key 5 ip-tunnel.output-key 5
nmcli con modify ip-tunnel-gre1 ipv4.method manual ipv4.addresses 10.0.0.1/30
nmcli con modify ip-tunnel-gre2 ip-tunnel.ttl 7
nmcli con up ip-tunnel-gre1
