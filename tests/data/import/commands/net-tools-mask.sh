iptunnel add gre1 mode gre remote 203.0.113.10
ifconfig gre1 10.0.0.1 netmask 255.0.255.0
