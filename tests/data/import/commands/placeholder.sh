ip tunnel add gre1 mode gre remote <remote address> local 198.51.100.2
