# SPDX-License-Identifier: GPL-2.0-or-later
# Clear text: two tunnels, gre and ip6gre, persistent at both ends, through everything that happens to the
# daemons of one end. 50 pings a second go in each; nothing of it may be seen in clear on the wire. All the
# while a third host, on a cable of its own, sends clear GRE in the peer's name; none of it may get in.
# timeout: 900
four=192.168.8.2 six=fd08::2
host_new a b c
link a eth0 b eth0
link c eth0 a eth1
for end in a b; do nowhere $end 192.168.8.0/24 fd08::/64; done

# No default route: the peer, as gateway, would answer in clear what is meant for the tunnel; and a
# connection that comes back by itself has to find the device that it was brought up on.
both_wans() {
    wan a eth0 172.31.0.1/24 - fd31::1/64 &
    local pid=$!
    wan b eth0 172.31.0.2/24 - fd31::2/64
    wait $pid
}
both() { # CMD HOST: for both tunnels at once
    local pid
    "$1" "$2" t4 & pid=$!
    "$1" "$2" t6 && wait $pid
}
up_on_eth0() { up "$1" "$2" ifname eth0; }
both_up() { both up_on_eth0 "$1"; }
both_down() { both down "$1"; }
both_are_up() { is_up "$1" t4 && is_up "$1" t6; }
one_each() { [ "$(sa_count a ike) $(sa_count a child)" = "2 2" ]; }

# --- phases ----------------------------------------------------------------------------------------

silence() { # ADDRESS SINCE: the longest one in what a's ping says, in seconds
    awk -v last="$2" '/bytes from/ { t = substr($1, 2) + 0; if (t > last) { if (t - last > gap) gap = t - last; last = t } }
        END { printf "%.1f", gap }' "$hosts/a/ping.$1"
}
phase() { # TEXT CMD…: after it traffic flows by itself, and all the while nothing is in clear
    local text=$1 since answers4 answers6
    shift
    since=$(date +%s.%N)
    check "$text" "$@"
    answers4=$(answers a $four) answers6=$(answers a $six)
    wait_until "$PATIENCE" more_answers a $four "$answers4" || bad "$text: traffic does not flow in the gre tunnel"
    wait_until "$PATIENCE" more_answers a $six "$answers6" || bad "$text: traffic does not flow in the ip6gre tunnel"
    info "$text: longest silence $(silence $four "$since") s (gre), $(silence $six "$since") s (ip6gre)"
    nothing_clear "$text"
}

# --- the story -----------------------------------------------------------------------------------------

outsider_prepare
check "without IPsec the third host's packets get in" outsider_gets_in
charon_start a b & daemons=$!
service_start a
service_start b
nm_start a b
both_wans
wait $daemons
snapshot a
snapshot b
for end in a b; do tunnels_in_both $end vpn.persistent=yes; done
sniff_start a eth0
outsider_start
traffic_start a $four
traffic_start a $six
background b back.log ping -n -i 0.1 192.168.8.1
background b back.log ping -n -i 0.1 fd08::1
nothing_clear "before the tunnels come up"

check "both tunnels come up without a peer" both_up a
check "NetworkManager calls both activated without a peer" wait_until 10 both_are_up a
check_not "there is no SA without a peer" test "$(sa_count a child)" -gt 0
nothing_clear "while there is no peer"
phase "the peer brings the tunnels up" both_up b
rekey() { # child|ike
    local ike args=()
    [ "$1" = ike ] || args=(--child gre)
    for ike in $ikes; do on a swanctl --rekey --ike "$ike" "${args[@]}" || return; done
}
ikes=$(on a swanctl --list-sas --raw | sed -n 's/^list-sa event {\(nm-gre-[^ ]*\) .*/\1/p')
spis() { on a ip -o xfrm state | grep -o 'spi 0x[0-9a-f]*' | sort; }
ike_spis() { on a swanctl --list-sas --raw | grep -oE 'initiator-spi=[0-9a-f]*' | sort; }
changed() { [ "$("$1")" != "$2" ]; } # FUNCTION BEFORE
before=$(spis)
phase "the CHILD SAs are rekeyed" rekey child
check "the ESP SPIs are others after rekeying" wait_until 10 changed spis "$before"
before=$(ike_spis)
phase "the IKE SAs are rekeyed" rekey ike
check "the IKE SPIs are others after rekeying" wait_until 10 changed ike_spis "$before"
phase "swanctl --load-all runs" on a swanctl --load-all --noprompt
terminate() { # HOST
    local ike
    for ike in $(on "$1" swanctl --list-sas --raw | sed -n 's/^list-sa event {\(nm-gre-[^ ]*\) .*/\1/p'); do
        on "$1" swanctl --terminate --ike "$ike" || return
    done
}
phase "the peer terminates the SAs" terminate b
phase "the administrator terminates the SAs" terminate a
check "strongSwan is stopped" charon_stop a
nothing_clear "while strongSwan is stopped"
phase "strongSwan starts again" charon_start a
check "strongSwan is killed" charon_kill a
nothing_clear "after strongSwan was killed"
phase "strongSwan starts after it was killed" charon_start a
check "there is one IKE SA and one CHILD SA for each tunnel" wait_until 20 one_each
check "the service is killed" service_kill a
nothing_clear "after the service was killed"
phase "the service starts again" service_start a
check "both tunnels are up again" wait_until 20 both_are_up a
check "NetworkManager is killed" nm_kill a
nothing_clear "after NetworkManager was killed"
phase "NetworkManager starts again" nm_start a
check "both tunnels are up again" wait_until 20 both_are_up a
check "there is one IKE SA and one CHILD SA for each tunnel" wait_until 20 one_each
for inner in 192.168.8.1 fd08::1; do traffic_start b $inner; done
check "the peer sends through the tunnel" traffic_flows b fd08::1 10
check "both tunnels go down" both_down a
nothing_clear "while only the peer is up"
for inner in 192.168.8.1 fd08::1; do traffic_stop b $inner; done
no_quotes "through all of it"
expect_clean a

# Not persistent: it comes back with the service, and not with NetworkManager, and nothing stays.
on a nmcli con modify t4 vpn.persistent no
snapshot a
check "a tunnel that is not persistent comes up" up_on_eth0 a t4
check "traffic flows through it" traffic_flows a $four 10
check "the service is killed" service_kill a
nothing_clear "after the service was killed, not persistent"
service_start a
check "the tunnel is up again with the service" wait_until 20 is_up a t4
check "traffic flows through it again" traffic_flows a $four 10
nothing_clear "the service starts again, not persistent"
check "NetworkManager is killed" nm_kill a
check "the tunnel and its policies go with NetworkManager" wait_until 10 sh_on a '! ip link show nmgre0 && ! ip xfrm policy | grep -E "proto (gre|47)"'
nothing_clear "after NetworkManager was killed, not persistent"
nm_start a
expect_clean a "nothing comes back"
check "both tunnels go down on the peer" both_down b
nothing_clear "after all went down"
expect_clean b "nothing is left at the peer"
sniff_stop a eth0
