add() {
    ip tunnel add $1 mode gre local $2 remote $3
    ip addr add $4 dev $1
}
add gre1 192.0.2.1 203.0.113.10 10.0.1.1/30
add gre2 198.51.100.2 203.0.113.20 10.0.2.1/30
