ip tunnel add tun0 remote 203.0.113.10 local 198.51.100.2
