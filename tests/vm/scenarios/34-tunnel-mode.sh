# SPDX-License-Identifier: GPL-2.0-or-later
# ESP in tunnel mode (ipsec-mode=tunnel): with itself, with strongSwan by hand, with Libreswan by nm-gre peer, beside a
# 1:1 NAT and behind one, over IPv4 and IPv6. Each tunnel has another of docs/mtu.md's figures. A peer that gives tunnel
# mode to who asks for transport mode, and one that gives transport mode only. The barriers, as policies, states and
# nftables go.
# long
# timeout: 900
# All cables end at g: what it sees was on a wire. A host sees each packet once more after decryption in tunnel mode.
host_new a b c d g
for end in a b c d; do link $end eth0 g "p$end"; done
router g pa 172.31.1.254/24 pa fd31:1::fe/64 pb 172.31.2.254/24 pb fd31:2::fe/64 pc 172.31.3.254/24 pc fd31:3::fe/64 \
    pd 10.9.0.254/24
# Libreswan's 10.9.0.3 is 203.0.113.3 to everybody else; its 10.9.0.2 and 10.9.0.4 are what they are.
on g nft -f - <<'EON'
table ip nat {
    chain in {
        type nat hook prerouting priority dstnat
        ip daddr 203.0.113.3 dnat to 10.9.0.3
    }
    chain out {
        type nat hook postrouting priority srcnat
        ip saddr 10.9.0.3 snat to 203.0.113.3
    }
}
EON
sh_on c 'ip addr add 172.31.3.2/24 dev eth0; ip addr add 172.31.3.3/24 dev eth0; ip addr add fd31:3::2/64 dev eth0 nodad
    ip route add default via 172.31.3.254; ip route add default via fd31:3::fe'
sh_on d 'for n in 2 3 4; do ip addr add 10.9.0.$n/24 dev eth0; done; ip route add default via 10.9.0.254
    ip addr add 203.0.113.3/32 dev lo'

cbc=ipsec-esp-proposals=aes256-sha256 gcm=ipsec-esp-proposals=aes256gcm16
declare -A remote=([t4]=172.31.2.1 [t6]=fd31:2::1 [hand]=172.31.3.2 [hand6]=fd31:3::2 [given]=172.31.3.3
    [libre]=10.9.0.2 [nat]=203.0.113.3)
declare -A number=([t4]=1 [t6]=2 [hand]=3 [hand6]=4 [given]=5 [libre]=6 [nat]=7)
declare -A peer=([t4]=b [t6]=b [hand]=c [hand6]=c [given]=c [libre]=d [nat]=d)
# docs/mtu.md
declare -A mtu=([t4]=1414 [t6]=1362 [hand]=1414 [hand6]=1382 [given]=1422 [libre]=1422 [nat]=1398)
declare -A options=([t4]="$gcm ipsec-encap=yes" [t6]=$cbc [hand]=$cbc [hand6]=$gcm [given]=$gcm [libre]=$gcm
    [nat]="$cbc ipsec-remote-id=b.nat.example")
tunnels='t4 t6 hand hand6 given libre nat'
for end in a b; do
    me=1 other=2
    [ $end = a ] || me=2 other=1
    keyfile $end wan connection.type=ethernet connection.interface-name=eth0 \
        ipv4.address1=172.31.$me.1/24,172.31.$me.254 ipv6.address1=fd31:$me::1/64,fd31:$me::fe
    for name in t4 t6; do
        [ $name = t4 ] && net=172.31.$other.1 || net=fd31:$other::1
        keyfile $end $name vpn.persistent=true ifname=$name remote=$net ipsec=psk ipsec-psk=raclette \
            ipsec-mode=tunnel ${options[$name]} ipv4.address1=192.168.${number[$name]}.$me/30
    done
done
# A tunnel of NetworkManager's own and its companion.
keyfile a hand connection.type=ip-tunnel connection.interface-name=hand connection.autoconnect=false \
    "connection.secondaries=$(uuid_of a hand-ipsec);" ip-tunnel.mode=2 ip-tunnel.local=172.31.1.1 \
    ip-tunnel.remote=${remote[hand]} ipv4.address1=192.168.3.1/30
keyfile a hand-ipsec protects=hand ipsec=psk ipsec-psk=fondue ipsec-mode=tunnel ${options[hand]}
for name in hand6 given libre nat; do
    asked=ipsec-mode=tunnel
    [ $name != given ] || asked=''
    keyfile a $name vpn.persistent=true ifname=$name remote=${remote[$name]} ipsec=psk ipsec-psk=fondue $asked \
        ${options[$name]} ipv4.address1=192.168.${number[$name]}.1/30
done
keyfile a refused vpn.persistent=true remote=10.9.0.4 ipsec=psk ipsec-psk=tomme ipsec-mode=tunnel \
    ipv4.address1=192.168.8.1/30
keyfile a other key=7 remote=172.31.2.1 ipsec=psk ipsec-psk=raclette $gcm ipsec-encap=yes ipv4.address1=192.168.9.1/30

hand() { # NAME LOCAL REMOTE ESP: a gateway's connection, written by hand
    swanctl_conf c "$1" <<EOC
connections { $1 { version = 2
    local_addrs = $2
    remote_addrs = $3
    local { auth = psk
        id = $2 }
    remote { auth = psk
        id = $3 }
    children { $1 { mode = tunnel
        local_ts = dynamic[47]
        remote_ts = dynamic[47]
        esp_proposals = $4
        start_action = trap } } } }
secrets { ike-$1 { id = $3
    secret = fondue } }
EOC
}
hand hand 172.31.3.2 172.31.1.1 aes256-sha256
hand hand6 fd31:3::2 fd31:1::1 aes256gcm16
hand given 172.31.3.3 172.31.1.1 aes256gcm16
sh_on d 'mkdir -p /etc/ipsec.d; umask 077; echo "10.9.0.4 172.31.1.1 : PSK \"tomme\"" >/etc/ipsec.d/refused.secrets
    cat >/etc/ipsec.d/refused.conf' <<'EOC'
conn refused
    type=transport
    ikev2=insist
    authby=secret
    left=10.9.0.4
    right=172.31.1.1
    leftprotoport=gre
    rightprotoport=gre
    pfs=no
    auto=add
EOC
for end in a b; do
    service_start $end
    go nm_start $end
    go charon_start $end
done
go charon_start c
go libreswan_start d
join
check "a reaches all" wait_until 20 sh_on a 'ping -q -c 1 -W 1 fd31:3::2 && ping -q -c 1 -W 1 10.9.0.2'
sh_on c 'ip tunnel add hand mode gre local 172.31.3.2 remote 172.31.1.1 ttl 64
    ip link add hand6 type ip6gre local fd31:3::2 remote fd31:1::1 hoplimit 64 encaplimit none
    ip tunnel add given mode gre local 172.31.3.3 remote 172.31.1.1 ttl 64
    n=3; for name in hand hand6 given; do ip addr add 192.168.$n.2/30 dev $name; n=$((n + 1)); done
    ip link set hand mtu 1414 up; ip link set hand6 mtu 1382 up; ip link set given mtu 1422 up'
snapshot a
sniff_start g pa
for end in b a; do
    for name in t4 t6; do go check "$name comes up on $end" up $end $name; done
done
join
for name in hand hand6 given libre nat refused; do check "$name comes up on a" up a $name; done
for name in libre nat; do
    on a nm-gre peer $name --format libreswan --name $name --show-secrets >"$hosts/a/$name.sh"
done
# As its comment says; the address on lo is there. The block policy for a's GRE is there from the first script.
sed -i 's/^    left=203.0.113.3$/    left=10.9.0.3/; /^ip xfrm policy add/d' "$hosts/a/nat.sh"
for name in libre nat; do check "$name: the script of nm-gre peer runs on Libreswan" libreswan d sh "$hosts/a/$name.sh"; done

# --- up, and their MTUs --------------------------------------------------------------------------------

reaches() { on "$1" ping -q -c 1 -W 2 "$2"; }
mtu_of() { on "$1" cat "/sys/class/net/$2/mtu"; }
mtu_is() { [ "$(mtu_of "$1" "$2")" = "$3" ]; }
fills() { on a ping -q -M do -c 1 -W 5 -s $((mtu[$1] - 28)) "192.168.${number[$1]}.2"; }
works() { # NAME
    check "$1: a reaches the peer" wait_until "$PATIENCE" reaches a 192.168.${number[$1]}.2
    check "$1: the peer reaches a" wait_until 20 reaches ${peer[$1]} 192.168.${number[$1]}.1
    check "$1: the MTU is ${mtu[$1]}" wait_until 10 mtu_is a $1 ${mtu[$1]}
    check "$1: a packet of that size passes" fills $1
}
for name in $tunnels; do go works $name; done
join
check_equal "b's MTUs are the same" "1414 1362" "$(mtu_of b t4) $(mtu_of b t6)"
modes() { on a swanctl --list-sas --raw | grep -o 'state=INSTALLED mode=[A-Z]*' | sort | uniq -c | tr -s ' '; }
check_equal "all SAs are in tunnel mode" " 7 state=INSTALLED mode=TUNNEL" "$(modes)"
check "the status says so" sh_on a 'nm-gre status t4 | grep -q "tunnel mode"'
check "the status adds up a second IP header" sh_on a 'nm-gre status t6 | tr -s " \n" "  " | grep -q -e "- 40 outer IP .* - 40 inner IP"'
# 1500 bytes in an IPv4 packet, 1448 behind IPv6's header: the figures are what fits, no less.
check_number "full packets leave in ESP" "$(frames g pa in 'ip proto 50 and ip[2:2] = 1500')" -ge 3
check_number "full packets leave in UDP" "$(frames g pa in 'udp port 4500 and ip[2:2] > 1484')" -ge 2
check_number "full packets leave over IPv6" "$(frames g pa in 'ip6 proto 50 and ip6[4:2] > 1444')" -ge 2
check_equal "none is fragmented" 0 "$(frames g pa in 'ip[6:2] & 0x3fff != 0 or ip6 proto 44')"
for name in t4 hand6 nat; do go check "$name: the doctor finds nothing wrong" on a nm-gre doctor $name; done
join
expect_no_clear g pa "tunnel mode"

# --- what is refused ----------------------------------------------------------------------------------

cause="it accepts transport mode only (the profile has ipsec-mode=tunnel)"
check "refused: the journal names the mode" wait_until 30 eval 'journal a | grep -F "[refused]" | grep -qF "$cause"'
check "refused: the doctor names the mode" sh_on a 'nm-gre doctor refused | grep -F "ipsec-mode=transport"'
check_not "a tunnel of the same addresses in transport mode does not come up" up a other
check "its error names the property and the other tunnel" eval \
    'journal a | grep -q "ipsec-mode: differs from that of \"t4\", a tunnel between the same two addresses"'

# --- the barriers -------------------------------------------------------------------------------------

flow_in_both() { traffic_flows a 192.168.1.2 "$1" && traffic_flows a 192.168.2.2 "$1"; }
traffic_start a 192.168.1.2
traffic_start a 192.168.2.2
check "traffic flows in both families" flow_in_both 20
for what in "ip xfrm policy flush" "ip xfrm state flush" "nft flush ruleset"; do
    check "$what" sh_on a "$what"
    check "$what: traffic flows again" flow_in_both 30
    expect_no_clear g pa "$what"
done
check "strongSwan ends" charon_stop a
pause 2
expect_no_clear g pa "strongSwan is stopped"
check "strongSwan starts" charon_start a
check "traffic flows again" flow_in_both 60
expect_no_clear g pa "strongSwan is back"
for net in 1 2; do traffic_stop a 192.168.$net.2; done

# --- the end ------------------------------------------------------------------------------------------

# One after the other: NetworkManager forgot one of eight, as its nmcli had left the bus before it asked who called.
for name in $tunnels refused; do check "$name goes down" down a uuid "$(uuid_of a $name)"; done
expect_clean a
expect_no_clear g pa "going down"
sniff_stop g pa
