ip tunnel add gre1 mode gre remote $REMOTE_IP local 198.51.100.2
