tunnel_up() { ip tunnel add gre1 mode gre remote $1; }
tunnel_up
