# SPDX-License-Identifier: GPL-2.0-or-later
# A strongSwan that hangs, which from outside looks like one that is dead: while a tunnel is up, whose SA has to
# survive it, and while one goes down, of which nothing may be left when it goes on.
# timeout: 400
host_new a b
link a eth0 b eth0
end() { # HOST ME PEER
    keyfile "$1" wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$2/24,172.31.0.$3
    keyfile "$1" t ifname=t remote=172.31.0.$3 ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv4.address1=192.168.8.$2/30
}
end a 1 2
end b 2 1
# Something to ask strongSwan meanwhile.
keyfile a other ifname=other remote=172.31.0.9 ipsec=psk ipsec-psk=emmental vpn.persistent=true ipv4.address1=192.168.9.1/30
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
snapshot a
sniff_start a eth0
go up a t
go up b t
check "the tunnel comes up at both ends" join
spis() { on a ip xfrm state | grep -o 'spi 0x[0-9a-f]*' | grep -v 0x00000000 | sort | tr '\n' ' '; }
one_pair() { [ "$(sa_count a child)" = 1 ] && [ "$(spis | wc -w)" = 4 ]; }
check "both ends agree on one SA" wait_until 20 one_pair
check "traffic flows through the tunnel" on a ping -q -c 2 -i 0.2 -W 5 192.168.8.2
before=$(spis)

on a pkill -STOP -x charon-systemd
up a other >/dev/null 2>&1 & other=$!
gave_up() { journal a | grep -q "strongSwan did not answer"; }
check "the service notices that strongSwan hangs" wait_until 40 gave_up
check "traffic flows while strongSwan hangs" on a ping -q -c 2 -i 0.2 -W 5 192.168.8.2
on a pkill -CONT -x charon-systemd
wait $other
loaded() { on a swanctl --list-conns | grep -q 172-31-0-9; }
check "strongSwan goes on and has the connections again" wait_until 60 loaded
sleep 3 # for what should not happen
check_equal "the SA is the same one after strongSwan goes on" "$before" "$(spis)"
check "the SA passes traffic after strongSwan goes on" on a ping -q -c 2 -i 0.2 -W 5 192.168.8.2

on a pkill -STOP -x charon-systemd
go down a t
go down a other
check "the tunnels go down while strongSwan hangs" join
released() { [ "$(journal a | grep -cE '\[(t|other)\] down')" = 2 ]; }
check "the service gives up asking strongSwan" wait_until 60 released
on a pkill -CONT -x charon-systemd
check "nothing is left when strongSwan goes on" wait_until 60 is_clean a
expect_no_clear a eth0 "all the while"
