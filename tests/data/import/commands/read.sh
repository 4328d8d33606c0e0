REMOTE=192.0.2.99
NAME=gre9
read -r -p "Peer's address [203.0.113.10]: " REMOTE
read -e -i gre1 -p "Name: " NAME
REMOTE=${REMOTE:-203.0.113.10}
ip tunnel add $NAME mode gre remote $REMOTE
