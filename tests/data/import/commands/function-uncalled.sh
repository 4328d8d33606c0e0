tunnel_up()
{
    REMOTE=${1:-203.0.113.10}
    ip tunnel add ${2-gre1} mode gre local ${LOCAL:="198.51.100.2"} remote $REMOTE
    ip addr add 10.0.0.1/30 dev gre1
}
