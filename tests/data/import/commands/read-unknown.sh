REMOTE=192.0.2.99
read -p "Peer: " REMOTE
ip tunnel add gre1 mode gre remote $REMOTE
