protect() {
    ip xfrm state add src $1 dst $2 proto esp spi 0x1 mode transport
}
ip tunnel add gre1 mode gre remote 203.0.113.10
protect 198.51.100.2 203.0.113.10
