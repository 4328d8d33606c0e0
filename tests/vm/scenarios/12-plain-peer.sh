# SPDX-License-Identifier: GPL-2.0-or-later
# Ours at one end, at the other `ip tunnel` and a swanctl.conf written by hand: the daemons' own proposals, an
# old router's, over IPv6, an identity that is another address; who begins is either end.
# timeout: 400
host_new a b
link a eth0 b eth0
sh_on b 'ip link set eth0 up
    for n in 2 3 4; do ip addr add 172.31.0.$n/24 dev eth0; done
    for n in 2 3; do ip addr add fd31::$n/64 dev eth0; done'
old=aes128-sha1-modp1024
old_suite=(proposals=$old esp_proposals=$old)
by_hand b gcm 172.31.0.2 172.31.0.1 comte-gcm
by_hand b old 172.31.0.3 172.31.0.1 comte-old "${old_suite[@]}"
by_hand b oldback 172.31.0.4 172.31.0.1 comte-oldback "${old_suite[@]}"
by_hand b six fd31::2 fd31::1 comte-six id=10.99.99.99 "${old_suite[@]}"
by_hand b sixback fd31::3 fd31::1 comte-sixback "${old_suite[@]}"
service_start a
go nm_start a
go charon_start a b
join
wan a eth0 172.31.0.1/24 172.31.0.2 fd31::1/64 fd31::2
add() { # NAME REMOTE INNER KEY=VALUE…
    go profile a "$1" ifname="$1" remote="$2" ipsec=psk ipsec-psk="comte-$1" ipv4.addresses="192.168.$3.1/30" "${@:4}"
}
algorithms=(ipsec-ike-proposals=$old ipsec-esp-proposals=$old)
add gcm 172.31.0.2 20
add old 172.31.0.3 21 "${algorithms[@]}"
add oldback 172.31.0.4 22 "${algorithms[@]}" ipsec-start=respond
add six fd31::2 23 "${algorithms[@]}" ipsec-remote-id=10.99.99.99
add sixback fd31::3 24 "${algorithms[@]}" ipsec-start=respond
go snapshot a
join
sniff_start a eth0
for tunnel in gcm old oldback six sixback; do go check "$tunnel comes up" up a $tunnel; done
join
check_not "a tunnel that waits for the peer carries nothing" on a ping -q -c 2 -i 0.2 -W 1 192.168.22.2
check "the peer initiates oldback" on b swanctl --initiate --child oldback
check "the peer initiates sixback" on b swanctl --initiate --child sixback

# The peer's devices only now: it has no barrier, and would send in clear before.
sh_on b 'tunnel() { ip tunnel add "$1" mode gre local "$2" remote 172.31.0.1 ttl 64; }
    tunnel gcm 172.31.0.2; tunnel old 172.31.0.3; tunnel oldback 172.31.0.4
    ip -6 tunnel add six mode ip6gre local fd31::2 remote fd31::1 encaplimit none
    ip -6 tunnel add sixback mode ip6gre local fd31::3 remote fd31::1
    n=20
    for tunnel in gcm old oldback six sixback; do
        ip addr add 192.168.$n.2/30 dev $tunnel
        ip link set $tunnel up
        n=$((n + 1))
    done'
initiators() { on a swanctl --list-sas --raw | sed -n 's/.*remote-host=\([^ ]*\) .* initiator=yes.*/\1/p' | sort | tr '\n' ' '; }
check_equal "a initiated three SAs" "172.31.0.2 172.31.0.3 fd31::2 " "$(initiators)"
check_equal "there is one SA for each tunnel at both ends" "5 5" "$(sa_count a ike) $(sa_count a child)"
state_has() { # PEER TEXT: in the kernel's SA towards it
    on a ip xfrm state list dst "$1" | grep -F "$2"
}
check "gcm: the kernel has AES-GCM" state_has 172.31.0.2 'rfc4106(gcm(aes))'
for peer in 172.31.0.3 172.31.0.4 fd31::2 fd31::3; do
    check "the SA to $peer has AES-CBC" state_has $peer 'enc cbc(aes)'
    check "the SA to $peer has SHA-1" state_has $peer 'auth-trunc hmac(sha1)'
done
mtu() { on a cat "/sys/class/net/$1/mtu"; }
mtus() { for tunnel in gcm old oldback six sixback; do mtu $tunnel; done | tr '\n' ' '; }
mtus_are() { [ "$(mtus)" = "$1" ] || { mtus; false; }; }
# The two that were up before their SA learn their algorithm with it.
check "each tunnel has the MTU that the table gives" wait_until 10 mtus_are "1442 1434 1434 1418 1418 "
number=20
for tunnel in gcm old oldback six sixback; do
    go check "$tunnel: a reaches b" on a ping -q -c 2 -i 0.2 -W 5 192.168.$number.2
    go check "$tunnel: b reaches a" on b ping -q -c 2 -i 0.2 -W 5 192.168.$number.1
    number=$((number + 1))
done
join
for address in 172.31.0.2 172.31.0.3 172.31.0.4 fd31::2 fd31::3; do
    check_number "the traffic to $address is ESP" "$(frames a eth0 out "(ip proto 50 or ip6 proto 50) and dst host $address")" -ge 4
done
full() { # TUNNEL ADDRESS FILTER: the largest packet is one ESP packet
    check "$1 takes packets of its MTU" on a ping -q -M do -c 1 -W 5 -s $(($(mtu "$1") - 28)) "$2"
    check_equal "$1 sends it as one ESP packet" 1 "$(frames a eth0 out "$3")"
    check_not "$1 takes no packet of one byte more" on a ping -q -M do -c 1 -W 1 -s $(($(mtu "$1") - 27)) "$2"
}
# CBC fills whole blocks: 20 + 8 + 16 + 1440 + 12, and 40 more bytes less 16 over IPv6
full old 192.168.21.2 'ip proto 50 and dst host 172.31.0.3 and ip[2:2] > 1480'
full six 192.168.23.2 'ip6 proto 50 and dst host fd31::2 and ip6[4:2] > 1440'
check_equal "no fragment leaves" 0 "$(frames a eth0 out '(ip and ip[6:2] & 0x3fff != 0) or ip6 proto 44')"
expect_no_clear a eth0 "with a peer configured by hand"
sh_on b 'for tunnel in gcm old oldback six sixback; do ip link set $tunnel down; done'
for tunnel in gcm old oldback six sixback; do go check "$tunnel goes down" down a $tunnel; done
join
expect_clean a
no_sa() { [ "$(sa_count "$1" ike)" = 0 ]; }
check "the peer has no SA after the tunnels went down" wait_until 10 no_sa b
expect_no_clear a eth0 "going down"
sniff_stop a eth0
