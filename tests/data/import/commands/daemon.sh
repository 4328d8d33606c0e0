# GRE inside IPsec
ip tunnel add gre1 mode gre local 192.0.2.1 remote 198.51.100.1
systemctl restart strongswan-starter
