ip() { command ip "$@"; }
again() { again x; again "$1" y; }
again
ip tunnel add gre1 mode gre remote 203.0.113.10
