# SPDX-License-Identifier: GPL-2.0-or-later
# Other programs beside protected tunnels: Libreswan and strongSwan's starter, which take the kernel's IPsec for theirs
# alone, NetworkManager's switches, and devices that are deleted and made again by hand.
# long
# timeout: 1200
beside_start

# --- NetworkManager -------------------------------------------------------------------------------------------------

for what in '' ' conf' ' dns-rc' ' dns-full'; do beside "nmcli general reload$what" on a nmcli general reload $what; done
check "nmcli networking off" on a nmcli networking off
pause 3
nothing_clear "nmcli networking off"
beside "nmcli networking on" on a nmcli networking on

# --- devices --------------------------------------------------------------------------------------------------------

again_by_hand() { # DEVICE TYPE LOCAL REMOTE ADDRESS
    sh_on a "ip link del $1 && ip link add $1 type $2 local $3 remote $4 && ip addr add $5 dev $1 nodad && ip link set $1 up"
}
by_hand() {
    local blocked
    check "$1 is deleted, and made again by hand" again_by_hand "$@"
    blocked=$(xfrm_stat a XfrmOutPolBlock)
    pause 5
    nothing_clear "$1 by hand"
    check_number "$1 by hand: its packets were blocked" $(($(xfrm_stat a XfrmOutPolBlock) - blocked)) -gt 20
    on a ip link del $1
}
by_hand t4 gre 172.31.0.1 172.31.0.2 192.168.8.1/30
by_hand t6 ip6gre fd31::1 fd31::2 fd08::1/126
on a nmcli con modify native connection.autoconnect no # or NetworkManager takes the device for its own
by_hand native gre 172.31.0.11 172.31.0.12 192.168.9.1/30
all_up() { up a t4 ifname eth0 && up a t6 ifname eth0 && up a native; }
beside "all come up again" all_up

# --- strongSwan's starter and Libreswan -----------------------------------------------------------------------------

starter_stop() { on a ipsec stop && wait_until "$PATIENCE" negated on a pgrep -x starter; }
if [ -d $others/starter/tree ]; then
    beside "strongSwan's starter starts" starter_start a
    beside "strongSwan's starter stops" starter_stop
    sh_on a 'rm /etc/ipsec.conf /etc/ipsec.secrets'
fi
unit=$others/libreswan/tree/lib/systemd/system/ipsec.service
libreswan_stop() { # as its unit does; pluto may have ended by itself, as strongSwan has its ports
    libreswan a ipsec whack --shutdown
    wait_until "$PATIENCE" negated on a pgrep -x pluto && libreswan a sh -c "$(sed -n 's/^ExecStopPost=//p' $unit)"
}
if [ -f $unit ]; then
    beside "Libreswan starts" libreswan_start a '/usr/libexec/ipsec/_stackmanager start'
    beside "Libreswan stops" libreswan_stop
fi
beside_end
