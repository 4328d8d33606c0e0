#!/bin/sh
nmcli con add type vpn vpn-type gre con-name "to B" ifname '*' \
    vpn.data "remote = 203.0.113.10, ipsec = psk, ipsec-local-id = C=CH\, O=x, ttl = 32" \
    vpn.secrets "ipsec-psk=SECRET\,with comma" ipv4.method manual ipv4.addresses 10.0.0.1/30
nmcli connection modify "to B" +ipv4.routes "192.168.20.0/24 10.0.0.2 50 mtu=1300, 192.168.21.0/24" ipv6.method disabled
nmcli con up "to B"
nmcli device status
