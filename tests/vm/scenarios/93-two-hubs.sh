# SPDX-License-Identifier: GPL-2.0-or-later
# Two branches and two hubs, all files by nm-gre mesh: native tunnels that come up by themselves, and FRR's OSPF and BFD
# over them. The preferred hub loses its power, and the traffic between the branches goes through the other one.
# long
# timeout: 600
declare -A number=([a]=1 [b]=2 [h1]=3 [h2]=4)
host_new a b h1 h2
switch wire a eth0 b eth0 h1 eth0 h2 eth0
for h in a b h1 h2; do
    n=${number[$h]}
    keyfile $h wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$n/24,172.31.0.254
    sh_on $h "ip link add lan type dummy; ip link set lan up; ip addr add 10.$n.0.1/24 dev lan
        echo 1 >/proc/sys/net/ipv4/ip_forward"
done
sh_on a 'mkdir -p /root/mesh; cat >/root/mesh/sites.yaml' <<'EOC'
topology: hub
hub: [h1, h2]
kind: native
routing: ospf
pool: 10.255.0.0/24
seed-file: seed
sites:
  h1: { address: 172.31.0.3, networks: 10.3.0.0/24 }
  h2: { address: 172.31.0.4, networks: 10.4.0.0/24 }
  a: { address: 172.31.0.1, networks: 10.1.0.0/24 }
  b: { address: 172.31.0.2, networks: 10.2.0.0/24 }
EOC
check "nm-gre mesh writes the files of all four" on a nm-gre mesh /root/mesh/sites.yaml -o /root/mesh/files --make-seed
for h in a b h1 h2; do
    sh_on a "cd /root/mesh/files/$h && tar c *.nmconnection" | sh_on $h 'tar x -C /etc/NetworkManager/system-connections'
    sh_on a "cat /root/mesh/files/$h/frr.conf" | sh_on $h 'cat >/root/frr.conf'
    go service_start $h
    go charon_start $h
done
join
nm_start a b h1 h2
sniff_start a eth0
protected() { [ "$(state "$1" "$2")" = activated ] && [ "$(state "$1" "$2-ipsec")" = activated ]; }
for pair in a:h1 a:h2 b:h1 b:h2 h1:h2; do
    go check "${pair%:*}'s tunnel to ${pair#*:} and its companion come up by themselves" \
        wait_until 60 protected "${pair%:*}" "${pair#*:}"
done
join

routing() { # HOST: as a router that starts with this frr.conf
    frr_start "$1" bfdd </dev/null
    check "FRR takes $1's frr.conf" frr_load "$1" /root/frr.conf
}
for h in a b h1 h2; do go routing $h; done
join
hop() { on a ip -o route get 10.2.0.1 | sed 's/.* dev \([^ ]*\).*/\1/'; }
goes_by() { [ "$(hop)" = "gre-$1" ]; }
check "a's packets to b's network go through the preferred hub" wait_until 60 goes_by h1
check "b answers" wait_until 30 on a ping -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
watched() { [ "$(vtysh "$1" 'show bfd peers' | grep -c 'Status: up')" = "$2" ]; }
for pair in a:2 b:2 h2:3; do
    go check "BFD watches all tunnels of ${pair%:*}" wait_until 40 watched "${pair%:*}" "${pair#*:}"
done
join

traffic_start a 10.2.0.1
check "traffic flows" traffic_flows a 10.2.0.1 30
host_destroy h1
check "without it, a's packets go through the other hub" wait_until 20 goes_by h2
check "traffic flows again" traffic_flows a 10.2.0.1 30
traffic_stop a 10.2.0.1
info "from the loss of the hub until traffic: $((GAP / 10)).$((GAP % 10)) s"
check_number "tenths of a second until traffic" "$GAP" -le 50
check_number "traffic stopped when the hub went" "$LOST" -ge 1
check_equal "a's tunnel to the lost hub waits for it" activated "$(state a h1)"
expect_no_clear a eth0 "with two hubs, and with one"
for h in a b h2; do for daemon in bfdd ospfd zebra; do end $h TERM $daemon; done; done
sniff_stop a eth0
