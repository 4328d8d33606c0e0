# SPDX-License-Identifier: GPL-2.0-or-later
# Three sites in a full mesh, unnumbered: each has one tunnel address (/32), on both its tunnels, and a route
# to each of the others through the tunnel to it. A secret of its own for each pair.
# timeout: 400
host_new a b c
switch wire a eth0 b eth0 c eth0
for host in a b c; do go service_start $host; done
join
go nm_start a b c
go charon_start a b c
join
declare -A number=([a]=1 [b]=2 [c]=3)
add() { # HOST PEER SECRET
    profile "$1" "to-$2" ifname="to-$2" remote="172.31.0.${number[$2]}" ipsec=psk ipsec-psk="$3" \
        ipv4.addresses="10.9.0.${number[$1]}/32" ipv4.routes="10.9.0.${number[$2]}/32"
}
for host in a b c; do go wan $host eth0 "172.31.0.${number[$host]}/24" 172.31.0.254; done
join
go add a b tilsit
go add b a tilsit
go add a c sbrinz
go add c a sbrinz
go add b c vacherin
go add c b vacherin
for host in a b c; do go snapshot $host; done
join
sniff_start a eth0
sniff_start b eth0
pairs='a:b a:c b:a b:c c:a c:b'
for pair in $pairs; do go check "${pair%:*} to ${pair#*:} comes up" up "${pair%:*}" "to-${pair#*:}"; done
join

one_each() { [ "$(sa_count "$1" ike) $(sa_count "$1" child)" = "2 2" ]; }
for host in a b c; do
    go check "$host has one SA with each of the others" wait_until "$PATIENCE" one_each $host
    check_equal "$host has its one address on both tunnels" 2 \
        "$(on $host ip -o -4 addr show to "10.9.0.${number[$host]}/32" | wc -l)"
done
join
reaches() { # HOST PEER: through the tunnel that leads there, and no other
    local sent
    sent=$(device_packets "$1" "to-$2" tx)
    check "$1 reaches $2" on "$1" ping -q -c 3 -i 0.2 -W 5 "10.9.0.${number[$2]}"
    check_number "$1's packets to $2 leave by their own tunnel" $(($(device_packets "$1" "to-$2" tx) - sent)) -ge 3
}
for pair in $pairs; do go reaches "${pair%:*}" "${pair#*:}"; done
join
esp() { frames "$1" eth0 out "ip proto 50 and dst host 172.31.0.${number[$2]}"; }
check_number "traffic from a to b is ESP" "$(esp a b)" -ge 6
check_number "traffic from a to c is ESP" "$(esp a c)" -ge 6
check_number "traffic from b to c is ESP" "$(esp b c)" -ge 6
expect_no_clear a eth0 "while the mesh is up"
expect_no_clear b eth0 "while the mesh is up"

# One tunnel goes: the address and the other tunnel stay.
go check "a to b goes down" down a to-b
go check "b to a goes down" down b to-a
join
check_equal "a keeps its address on the tunnel to c" "to-c" \
    "$(on a ip -o -4 addr show to 10.9.0.1/32 | awk '{ print $2 }')"
check_equal "a's route to b goes down with the tunnel" eth0 "$(on a ip -o route get 10.9.0.2 | sed 's/.* dev \([^ ]*\).*/\1/')"
check_not "a no longer reaches b" on a ping -q -c 1 -W 1 10.9.0.2
go reaches a c
go reaches c a
go reaches b c
go reaches c b
join
for pair in a:c b:c c:a c:b; do go check "${pair%:*} to ${pair#*:} goes down" down "${pair%:*}" "to-${pair#*:}"; done
join
for host in a b c; do go expect_clean $host; done
join
expect_no_clear a eth0 "until the end"
expect_no_clear b eth0 "until the end"
sniff_stop a eth0
sniff_stop b eth0
