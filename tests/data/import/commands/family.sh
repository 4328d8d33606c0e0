ip tunnel add gre1 mode gre remote 2001:db8::1
