nmcli connection add type vpn vpn-type gre con-name site-b vpn.data "remote=203.0.113.10, key=42, ipsec=psk, ipsec-esp-proposals=aes256gcm16\,aes128gcm16"
nmcli connection modify site-b vpn.secrets "ipsec-psk=a\,SECRET"
nmcli connection modify site-b ipv4.method manual ipv4.addresses 10.0.0.1/30 ipv6.method disabled
nmcli connection modify site-b ipv4.routes 192.168.20.0/24
nmcli connection up site-b
