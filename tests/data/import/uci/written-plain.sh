#!/bin/sh
# For 203.0.113.10, OpenWrt with the packages gre and strongswan-swanctl: GRE to 198.51.100.2. By nm-gre peer.
set -e
uci batch <<'END'
set network.site_a=interface
set network.site_a.proto='gre'
set network.site_a.ipaddr='203.0.113.10'
set network.site_a.peeraddr='198.51.100.2'
set network.site_a.mtu='1476'
set network.site_a.ttl='64'
set network.site_a.tos='10'
set network.site_a_ip=interface
set network.site_a_ip.proto='static'
set network.site_a_ip.device='@site_a'
add_list network.site_a_ip.ipaddr='10.0.0.2/30'
commit network
END
# The local address in the tunnel, next to fd00:0:0:1::1/64, isn't known: nm-gre peer --address ADDRESS/LENGTH
# Routes to the peer's networks aren't known: nm-gre peer --network NETWORK/LENGTH
# The firewall's zones decide what may pass "site_a_ip", and whether protocol 47 and IKE may enter.
/etc/init.d/network reload
