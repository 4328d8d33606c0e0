ip tunnel add gre1 mode gre local 198.51.100.2 remote 203.0.113.10
ip tunnel add gre2 mode gre local 198.51.100.2 remote 203.0.113.20
