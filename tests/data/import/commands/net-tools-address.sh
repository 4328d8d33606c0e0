iptunnel add gre1 mode gre remote 203.0.113.10
ifconfig gre1 $IP up
