# SPDX-License-Identifier: GPL-2.0-or-later
# The unattended gateway of docs/gateway.md: a persistent tunnel in the secondaries of its WAN. The WAN goes and comes
# back, by hand, with all networking, and by cable. NetworkManager fails a WAN whose secondary is active already, and a
# persistent tunnel stays active without its WAN.
host_new a b
switch s a eth0 b eth0
for host in a b; do
    me=1 peer=2
    [ $host = a ] || me=2 peer=1
    keyfile $host site persistent=true remote=172.31.0.$peer ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.8.$me/30
    keyfile $host wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/24,172.31.0.254 \
        "connection.secondaries=$(uuid_of $host site);"
done
go service_start a
go service_start b
go charon_start a b
go nm_start a b
join
both_are_up() { is_up a wan && is_up a site; }
check "the WAN brings the tunnel up on a" wait_until "$PATIENCE" both_are_up
check "and on b" wait_until "$PATIENCE" is_up b site
sniff_start a eth0
reaches() { on a ping -q -c 1 -W 1 192.168.8.2; }
check "traffic flows" wait_until 20 reaches
failures() { grep -c 'secondary-connection-failed' "$hosts/a/nm.log"; }
back() { # TEXT: the same after the WAN has gone and come back
    check "$1: the WAN and the tunnel are up" wait_until 60 both_are_up
    check "$1: traffic flows" wait_until 30 reaches
    pause 5
    check "$1: they stay up" both_are_up
    expect_no_clear a eth0 "$1"
}
check "the WAN goes down" down a wan
check "and up" up a wan
back "down and up"
check "the WAN is activated once more while it is up" up a wan
back "activated once more"
on a nmcli networking off
on a nmcli networking on
back "networking off and on"
link_cut s p1
pause 8
link_mend s p1
back "a cable out for 8 s"
check_equal "NetworkManager never failed the WAN for its secondary" 0 "$(failures)"
anew() { journal a | grep -c 'is being activated and brings this connection up anew'; }
check_number "the journal says why the tunnel begins anew" "$(anew)" -ge 3
check "the tunnel goes down by hand" down a site
pause 12
check_not "and stays down" is_up a site
