# SPDX-License-Identifier: GPL-2.0-or-later
# Two tunnels with different keys between the same two hosts, under one SA: up and down in every order, and
# the last takes the SA away. A third that wants another secret is refused. At b all waits for a.
# timeout: 500
host_new a b
link a eth0 b eth0
go service_start a
go service_start b
join
go nm_start a b
go charon_start a b
join
go wan a eth0 172.31.0.1/24 172.31.0.2
go wan b eth0 172.31.0.2/24 172.31.0.1
join
add() { # HOST ME PEER NAME KEY SECRET KEY=VALUE…
    go profile "$1" "$4" ifname="$4" remote=172.31.0.$3 key="$5" ipsec=psk ipsec-psk="$6" \
        ipv4.addresses="192.168.$5.$2/30" "${@:7}"
}
for tunnel in 1 2; do
    add a 1 2 t$tunnel 3$tunnel appenzeller
    add b 2 1 t$tunnel 3$tunnel appenzeller ipsec-start=respond vpn.persistent=yes
done
add a 1 2 t3 33 emmentaler
go snapshot a
go snapshot b
join
sniff_start a eth0
go check "t1 comes up on b and waits for its peer" up b t1
go check "t2 comes up on b and waits for its peer" up b t2
join

spis() { on "$1" ip xfrm state | awk '$1 == "proto" && $4 != "0x00000000" { print $4 }' | sort | tr '\n' ' '; }
no_spis() { [ -z "$(spis "$1")" ]; }
no_policies() { [ -z "$(on "$1" ip xfrm policy list nosock)" ]; } # HOST
flows() { # TUNNEL
    check "a reaches b through $1" on a ping -q -c 2 -i 0.2 -W 5 "192.168.3${1#t}.2"
    check "b reaches a through $1" on b ping -q -c 2 -i 0.2 -W 5 "192.168.3${1#t}.1"
}
cycle() { # FIRST SECOND FIRST-TO-GO [CMD…, while both are up]
    local last=$1 sa
    [ "$3" = "$1" ] && last=$2
    info "up $1, $2, down $3, $last"
    check "$1 comes up" up a "$1"
    sa=$(spis a)
    check_equal "$1 has one SA, in both directions" 2 "$(echo "$sa" | wc -w)"
    check_equal "b has the same SA" "$sa" "$(spis b)"
    check "$2 comes up" up a "$2"
    go flows "$1"
    go flows "$2"
    join
    check_equal "$2 shares the SA of $1" "$sa" "$(spis a)"
    "${@:4}"
    check "$3 goes down" down a "$3"
    check_not "the device of $3 is gone" on a ip link show "$3"
    check_equal "the SA stays for the other tunnel" "$sa" "$(spis a)"
    flows "$last"
    check "$last goes down" down a "$last"
    check "the last tunnel takes the SA down on a" wait_until 5 no_spis a
    check "b's SA goes down too" wait_until 5 no_spis b
    check "no policy is left on a" wait_until 10 no_policies a
    expect_no_clear a eth0 "$1 and $2 up, $3 and $last down"
    check_number "the traffic was ESP" "$ESP_OUT" -ge 8
}
refused() {
    local sa
    sa=$(spis a)
    check_not "a second profile for the same addresses with another secret does not come up" up a t3
    check_equal "its failure is connect-failed" connect-failed "$(reason a t3 | cut -d: -f1)"
    check "the journal names the profile that has the addresses" \
        eval "journal a | grep -F '[t3]' | grep 'ipsec-psk: differs from that of \"t[12]\"'"
    check_not "the refused tunnel has no device" on a ip link show t3
    flows t1
    check_equal "the SA of the first tunnel is the same" "$sa" "$(spis a)"
    check_equal "there are one IKE SA and one CHILD SA" "1 1" "$(sa_count a ike) $(sa_count a child)"
}
cycle t1 t2 t1 refused
cycle t2 t1 t2
cycle t1 t2 t2
cycle t2 t1 t1
go down b t1
go down b t2
join
go expect_clean a
go expect_clean b
join
sniff_stop a eth0
