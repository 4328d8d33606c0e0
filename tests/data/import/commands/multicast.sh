ip tunnel add gre1 mode gre remote 239.1.1.1 local 198.51.100.2
