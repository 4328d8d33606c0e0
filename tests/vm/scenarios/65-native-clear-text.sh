# SPDX-License-Identifier: GPL-2.0-or-later
# Clear text with a native tunnel: protected from before NetworkManager builds it, through everything that happens
# to the daemons, the companion, the profiles and the WAN of one end. 50 pings a second go in it all the while;
# nothing of them may be seen in clear on the wire, and traffic comes back by itself. The peer is a VPN profile of
# ours: the two ways in meet.
# timeout: 600
inner=192.168.8.2
host_new a b
link a eth0 b eth0
nowhere a '192.168.8.0/24 metric 9000'
tun=$(uuid_of a tun) companion=$(uuid_of a tun-ipsec)
# No default route: the peer, as gateway, would answer in clear what is meant for the tunnel.
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24
keyfile a tun connection.type=ip-tunnel connection.interface-name=tun "connection.secondaries=$companion;" \
    ip-tunnel.mode=2 ip-tunnel.local=172.31.0.1 ip-tunnel.remote=172.31.0.2 ipv4.address1=192.168.8.1/30
keyfile a tun-ipsec protects=tun ipsec=psk ipsec-psk=raclette vpn.persistent=true
keyfile b wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24
keyfile b t remote=172.31.0.1 ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv4.address1=192.168.8.2/30
sniff_start a eth0

silence() { # SINCE: the longest one in what the ping says, in seconds
    awk -v last="$1" '/bytes from/ { t = substr($1, 2) + 0; if (t > last) { if (t - last > gap) gap = t - last; last = t } }
        END { printf "%.1f", gap }' "$hosts/a/ping.$inner"
}
phase() { # TEXT CMD…: after it traffic flows by itself, and all the while nothing is in clear
    local text=$1 since answers
    shift
    since=$(date +%s.%N)
    check "$text" "$@"
    answers=$(answers a $inner)
    wait_until "$PATIENCE" more_answers a $inner "$answers" || bad "$text: traffic does not flow"
    info "$text: longest silence $(silence "$since") s"
    expect_no_clear a eth0 "$text"
}
both_up() { [ "$(state a tun) $(state a tun-ipsec)" = "activated activated" ]; }

# --- boot: the service, then NetworkManager, then, much later, the peer --------------------------------

go charon_start a
go service_start a
join
check_equal "the barrier stands before NetworkManager runs" 2 "$(barriers a)"
nm_start a
traffic_start a $inner
check "the tunnel and its companion come up by themselves and wait for the peer" wait_until 30 both_up
on_tun() { on a ip route get $inner | grep -q 'dev tun '; }
check "the ping goes into the tunnel" wait_until 10 on_tun
go charon_start b
go service_start b
join
nm_start b
check "the peer comes up" wait_until 20 on b ping -c 1 -W 1 172.31.0.1
expect_no_clear a eth0 "after the boot, without the peer"
phase "the peer comes up" up b t ifname eth0
one_each() { [ "$(sa_count a ike) $(sa_count a child)" = "1 1" ]; }

# --- the daemons ---------------------------------------------------------------------------------------

check "the service is stopped" service_stop a
sleep 1
expect_no_clear a eth0 "while the service is stopped"
check_equal "the stopped service leaves the barrier" 2 "$(barriers a)"
phase "the service starts again" service_start a
check "the service is killed" service_kill a
expect_no_clear a eth0 "after the service was killed"
phase "the service starts after it was killed" service_start a
check "the tunnel and its companion are active" wait_until 20 both_up
killed=$(date +%s.%N)
check "NetworkManager is killed" nm_kill a
more() { more_answers a $inner "$1"; }
check "traffic goes on when NetworkManager is killed" wait_until 5 more "$(answers a $inner)"
phase "NetworkManager starts again" nm_start a
check "the tunnel and its companion are active" wait_until 30 both_up
info "NetworkManager killed and started: longest silence $(silence "$killed") s"
check "there is one SA" wait_until 30 one_each
check "strongSwan is stopped" charon_stop a
expect_no_clear a eth0 "while strongSwan is stopped"
phase "strongSwan starts again" charon_start a
check "strongSwan is killed" charon_kill a
expect_no_clear a eth0 "after strongSwan was killed"
phase "strongSwan starts after it was killed" charon_start a
phase "swanctl --load-all runs" on a swanctl --load-all --noprompt

# --- companion and profiles ----------------------------------------------------------------------------

phase "the companion is taken down" down a tun-ipsec
check "the tunnel and its companion are up again" wait_until 20 both_up
edit() { on a nmcli con modify "$@"; }
phase "the profile's endpoint is edited" edit tun remote 172.31.0.3
four() { [ "$(barriers a)" = 4 ]; }
check "the old and the new endpoints both have a barrier" wait_until 5 four
phase "the companion of the edited profile is taken down" down a tun-ipsec
check "the companion protects the tunnel as it runs" wait_until 20 both_up
phase "the endpoint is edited back" edit tun remote 172.31.0.2
phase "the tunnel's profile is renamed" edit tun connection.id tun2
two() { [ "$(barriers a)" = 2 ]; }
check "only the running tunnel's barrier stays" wait_until 5 two
phase "the tunnel's profile gets its name back" edit tun2 connection.id tun
sleep 1
wan_again() { down a wan && up a wan; }
phase "the WAN is suspended" wan_again
check "the tunnel and its companion are active" wait_until 30 both_up
link_cut a eth0
sleep 3
expect_no_clear a eth0 "while the cable is pulled"
phase "the cable is back" link_mend a eth0
check "the companion's profile is deleted while the tunnel is up" on a nmcli con delete tun-ipsec
sleep 2
expect_no_clear a eth0 "while the tunnel runs without its companion"
check_equal "the barrier stays as long as the device" 2 "$(barriers a)"
check "the service is killed" service_kill a
expect_no_clear a eth0 "after the service was killed without a companion"
service_start a
sleep 1
check_equal "the next service finds the barrier" 2 "$(barriers a)"
check "the tunnel is taken down" down a tun
none() { [ "$(barriers a)" = 0 ]; }
check "the barrier goes with its device" wait_until 10 none
expect_no_clear a eth0 "after the tunnel went down"
sniff_stop a eth0
