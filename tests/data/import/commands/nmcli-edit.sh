#!/bin/sh
set -e
nmcli connection add type vpn vpn-type gre ifname '*' con-name site-b vpn.data 'remote=203.0.113.10, ipsec=psk'
nmcli connection edit site-b <<'END' >/dev/null
set vpn.secrets ipsec-psk=correct-horse
set ipv4.addresses 10.0.0.1/30
save persistent
quit
END
set -x
nmcli connection modify site-b ipv6.method disabled
nmcli connection up site-b
