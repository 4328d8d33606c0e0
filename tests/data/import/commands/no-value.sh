ip tunnel add gre1 mode gre local 198.51.100.2 remote
