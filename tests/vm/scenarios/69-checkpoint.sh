# SPDX-License-Identifier: GPL-2.0-or-later
# NetworkManager's checkpoints (nmstate, Cockpit and system roles make them) and the device of a VPN: a rollback makes
# each device again that NetworkManager had a profile for, without IPsec. So it must have none for ours. A gre and an
# ip6gre tunnel, 50 pings a second in each, a checkpoint in every state. No udev here, but for the last part.
# timeout: 700
four=192.168.8.2 six=fd08::2
host_new a b
link a eth0 b eth0
for end in a b; do nowhere $end 192.168.8.0/24 fd08::/64; done
flow_in_both() { traffic_flows a $four "$1" && traffic_flows a $six "$1"; }
both_up() { # HOST
    local name
    for name in t4 t6; do up "$1" $name ifname eth0 || return; done
}
both_down() { down "$1" t4 t6; }
both_are_up() { is_up "$1" t4 && is_up "$1" t6; }
device_state() { on "$1" nmcli -t -f DEVICE,STATE device | sed -n "s/^$2://p"; }
left_alone() { # HOST: NetworkManager has both devices, and neither is its own
    [ "$(device_state "$1" nmgre0) $(device_state "$1" nmgre1)" = "unmanaged unmanaged" ] && no_profiles "$1"
}
no_profiles() { ! on "$1" nmcli -t -f NAME,TYPE con show | grep ':ip-tunnel$'; }
no_devices() { ! sh_on "$1" 'ip -o link show nmgre0 || ip -o link show nmgre1' 2>/dev/null; }
manager() { # METHOD [ARGUMENT…]: of NetworkManager on a; prints the object that it answers with
    on a busctl call org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager "$@" |
        sed -n 's/^o "\(.*\)"/\1/p'
}
checkpoint() { saved=$(manager CheckpointCreate aouu 0 0 "${1:-0}") && [ -n "$saved" ]; } # [FLAGS]: of all devices
rollback() { manager CheckpointRollback o "$saved"; }
settled() { wait_until 10 is_up a wan-eth0 && ! on a nmcli -t -f STATE device | grep -q '^connecting'; }

start_both
snapshot a
tunnels_in_both a
tunnels_in_both b vpn.persistent=yes
sniff_start a eth0
check "both tunnels come up on b" both_up b
check "both tunnels come up on a" both_up a
traffic_start a $four
traffic_start a $six
check "traffic flows in both tunnels" flow_in_both 20
expect_no_clear a eth0 "before the first checkpoint"

check "NetworkManager leaves the devices of VPN profiles alone" wait_until 10 left_alone a
info "NetworkManager took a device for external first: $(grep -c '(nmgre[01]): state change: .* -> unavailable' $hosts/a/nm.log) times"
check_equal "the tunnel has its address, MTU and route" "192.168.8.1/30 1442 192.168.8.0/30" "$(sh_on a '
    ip -o addr show dev nmgre0 scope global | awk "{ print \$4 }"
    cat /sys/class/net/nmgre0/mtu
    ip route show dev nmgre0 192.168.8.0/30 | cut -d" " -f1' | xargs)"
made_in=$(sh_on a 'cat /sys/class/net/nmgre0/netdev_group')
on a nmcli con add type ip-tunnel con-name native ifname native0 mode gre local 172.31.0.1 remote 172.31.0.9 \
    ipv4.method manual ipv4.addresses 192.168.7.1/30 ipv6.method disabled
check "the device of a native tunnel stays NetworkManager's" wait_until 20 eval '[ "$(device_state a native0)" = connected ]'
on a nmcli con delete native

# --- a checkpoint, and what happens within it ------------------------------------------------------

check "a checkpoint of tunnels that are up" checkpoint
check "both tunnels go down within it" both_down a
check "rollback" rollback
settled
check "up, down: the rollback makes no device" no_devices a
check "up, down: there is no profile for one" no_profiles a
pause 3
expect_no_clear a eth0 "up, down, rollback"
expect_clean a "up, down, rollback: nothing is left"

check "a checkpoint of tunnels that are down" checkpoint
check "both tunnels come up within it" both_up a
check "traffic flows again" flow_in_both 20
check "rollback" rollback
settled
check "down, up: the tunnels stay as they are" flow_in_both 20
check "down, up: NetworkManager leaves their devices alone" wait_until 10 left_alone a
expect_no_clear a eth0 "down, up, rollback"

check "a checkpoint of tunnels that are up" checkpoint
check "both tunnels go down within it" both_down a
check "and come up again" both_up a
check "rollback" rollback
settled
check "up, down, up: traffic flows" flow_in_both 20
expect_no_clear a eth0 "up, down, up, rollback"

check "a checkpoint of tunnels that are up, with all its flags" checkpoint 6 # delete new profiles, disconnect new devices
check "the WAN goes down within it, and the tunnels with it" on a nmcli -w "$PATIENCE" con down wan-eth0
check "rollback" rollback
check "the rollback brings the WAN up" wait_until 20 is_up a wan-eth0
pause 3
check "WAN down: no device but NetworkManager's own comes back" no_devices a
expect_no_clear a eth0 "WAN down, rollback"
check "both tunnels come up again" both_up a
check "traffic flows again" flow_in_both 20

# --- after NetworkManager's restart ----------------------------------------------------------------

for name in t4 t6; do on a nmcli con modify $name vpn.persistent yes; done
check "both tunnels go down" both_down a
check "both tunnels come up, persistent now" both_up a
nm_stop a
nm_start a
check "both tunnels come back with NetworkManager" wait_until 20 both_are_up a
check "NetworkManager leaves their devices alone again" wait_until 10 left_alone a
check "traffic flows again" flow_in_both 20
for inner in $four $six; do traffic_stop a $inner; done
check "both tunnels go down" both_down a
expect_clean a
expect_no_clear a eth0 "through all of it"
sniff_stop a eth0

# --- with udev -------------------------------------------------------------------------------------

# Another program's tunnel beside one of the group that the service puts its devices into, both made by hand.
rule=/usr/lib/udev/rules.d/85-nm-gre.rules
group=$(sed -n 's/.*ATTR{netdev_group}=="\([0-9]*\)".*/\1/p' $rule /lib/udev/rules.d/85-nm-gre.rules 2>/dev/null | head -1)
check "there is a rule for udev" test -n "$group"
check_equal "the service puts its devices into the rule's group" "$group" "$made_in"
host_new c
sh_on c 'mount -o remount,rw /sys; ip link add lan type dummy; ip addr add 172.31.0.3/24 dev lan; ip link set lan up'
background c udev.log /lib/systemd/systemd-udevd
wait_until "$PATIENCE" on c udevadm control --ping || bad "udev does not start on c"
on c udevadm trigger --action=add --subsystem-match=net # NetworkManager waits for each device
nm_start c
sh_on c "ip link add ours group ${group:-0} type gre local 172.31.0.3 remote 172.31.0.4
    ip link add other type gre local 172.31.0.3 remote 172.31.0.5
    for name in ours other; do ip addr add 192.168.8.1/30 dev \$name; ip link set \$name up; done"
check "udev is used: another program's device is external" wait_until 20 eval '[ "$(device_state c other)" = "connected (externally)" ]'
check_equal "by the rule NetworkManager leaves a device of the group alone" unmanaged "$(device_state c ours)"
