# SPDX-License-Identifier: GPL-2.0-or-later
# A tunnel's device that another program sets down and up: the kernel removes its routes and, with IPv6, its addresses,
# and NetworkManager does not set them again: the connection is restarted.
# also: debian13
host_new a b
link a eth0 b eth0
for host in a b; do
    me=1 peer=2
    [ $host = a ] || me=2 peer=1
    keyfile $host wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/24,172.31.0.254 \
        ipv4.address2=172.31.1.$me/24
    keyfile $host p ifname=tunp remote=172.31.0.$peer ipsec=psk ipsec-psk=raclette vpn.persistent=true \
        ipv4.address1=192.168.8.$me/30 ipv4.route1=10.8.0.0/16 ipv4.never-default=true \
        ipv6.method=manual ipv6.address1=fd08::$me/64 ipv6.route1=fd0a::/48
    keyfile $host plain ifname=tuns local=172.31.1.$me remote=172.31.1.$peer ipv4.address1=192.168.9.$me/30 \
        ipv4.route1=10.9.0.0/16 ipv4.never-default=true
done
go service_start a
go service_start b
go charon_start a b
go nm_start a b
join
net_of() { # IFNAME: addresses and routes
    on a ip -o addr show dev $1 | sed 's/ *valid_lft.*//; s/^[0-9]*: //' | grep -v fe80 | sort
    for family in -4 -6; do on a ip $family route show dev $1 | grep -v fe80 | sed 's/ expires.*//' | sort; done
}
reaches() { on a ping -q -c 1 -W 1 "$1"; }
sniff_start a eth0
for name in p plain; do
    [ $name = p ] && device=tunp to=192.168.8.2 || device=tuns to=192.168.9.2
    for host in a b; do go up $host $name; done
    check "$name: comes up" join
    check "$name: traffic flows" wait_until 20 reaches $to
    before=$(net_of $device)
    info "$before"
    on a ip link set $device down
    pause 1
    check_not "$name: no traffic while $device is down" reaches $to
    check "$name: status says that another program set it down" eval "on a nm-gre status $name | grep 'set the device \"$device\" down'"
    on a ip link set $device up
    same() { [ "$(net_of $device)" = "$before" ]; }
    check "$name: addresses and routes are back" wait_until 20 same ||
        diff <(echo "$before") <(net_of $device) | sed 's/^/     | /'
    check "$name: traffic flows again" wait_until 10 reaches $to
    check "$name: it is up" is_up a $name
    [ $name != p ] || expect_no_clear a eth0 "all the while"
done
for name in p plain; do go down a $name; done
check "both go down" join
check_equal "going down is not said to be another program's doing" 2 "$(journal a | grep -c 'another program set the device')"
