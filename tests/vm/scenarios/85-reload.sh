# SPDX-License-Identifier: GPL-2.0-or-later
# A reload of the service, as packages do after an upgrade: the installed program takes the place of the running one.
# NetworkManager, the peer and the traffic notice nothing. On a: VPN profiles over IPv4 and IPv6, persistent and not,
# with and without IPsec, an XFRM interface, and a native tunnel with its companion; 50 pings a second in each.
# long
# timeout: 900
host_new a b
link a eth0 b eth0
nets="192.168.8 192.168.6 192.168.7 192.168.9"
profiles() { # HOST ME PEER [KEY=VALUE]
    local host=$1 me=$2 peer=$3 psk="ipsec=psk ipsec-psk=raclette $4"
    keyfile $host wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/24 \
        ipv4.address2=172.31.0.1$me/24 ipv4.address3=172.31.0.2$me/24 ipv4.address4=172.31.0.3$me/24 \
        ipv6.address1=fd31::$me/64
    keyfile $host t4 remote=172.31.0.$peer ifname=t4 $psk ipv4.address1=192.168.8.$me/30
    keyfile $host t6 remote=fd31::$peer ifname=t6 ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv6.address1=fd08::$me/126
    keyfile $host plain local=172.31.0.1$me remote=172.31.0.1$peer ifname=plain ipv4.address1=192.168.6.$me/30
    keyfile $host x mode=xfrm local=172.31.0.2$me remote=172.31.0.2$peer ifname=x $psk ipv4.address1=192.168.7.$me/30
    keyfile $host native connection.type=ip-tunnel connection.interface-name=native ip-tunnel.mode=2 \
        ip-tunnel.local=172.31.0.3$me ip-tunnel.remote=172.31.0.3$peer ipv4.address1=192.168.9.$me/30 \
        "connection.secondaries=$(uuid_of $host native-ipsec);"
    keyfile $host native-ipsec protects=native $psk
}
profiles a 1 2
profiles b 2 1 vpn.persistent=true
for host in a b; do nowhere $host 192.168.6.0/24 192.168.7.0/24 192.168.8.0/24 192.168.9.0/24 fd08::/64; done
go charon_start a b
go service_start a
go service_start b
join
nm_start a b
addresses="fd08::2"
for net in $nets; do addresses+=" $net.2"; done
vpns="t4 t6 plain x"
for host in b a; do
    wait_until "$PATIENCE" is_up $host wan
    for name in $vpns; do check "$name comes up on $host" up $host $name ifname eth0; done
done
pid() { on a pgrep -x nm-gre-service; }
flow() { # SECONDS
    local address
    for address in $addresses; do traffic_flows a $address "$1" || { echo "not to $address"; return 1; }; done
}
paths() { # NetworkManager's active connections: another activation has another path
    local name
    for name in $vpns native native-ipsec; do on a nmcli -g GENERAL.DBUS-PATH,GENERAL.STATE con show $name | xargs; done
}
sas() { on a swanctl --list-sas --raw | grep -oE 'uniqueid=[0-9]+|spi-(in|out)=[0-9a-f]+' | sort | xargs; }
devices() { sh_on a 'ip -o link | grep -oE "^[0-9]+: (t4|t6|plain|x|native)[@:]" | xargs'; }
reloads() { journal a | grep -c "the program was started anew"; }
changes() { grep -cE 'vpn\[.*(state|disconnect)|activation' $hosts/a/nm.log; }
descriptors() { on a sh -c 'ls /proc/$(pgrep -x nm-gre-service)/fd | wc -l'; }
taken_up() { on a nm-gre status --json | grep -o '"state" *: *"[a-z]*"' | sort | uniq -c | xargs; }
reload() { reload_with "$all_up"; }
reload_with() { # STATES: of all tunnels after it
    local before
    before=$(reloads)
    on a pkill -HUP -x nm-gre-service
    wait_until 20 eval "[ \$(reloads) -gt $before ]" && wait_until 20 eval "[ \"\$(taken_up)\" = '$1' ]" || { taken_up; return 1; }
}

for address in $addresses; do traffic_start a $address; done
check "traffic flows in all tunnels" flow 30
sniff_start a eth0 'not (ip proto 50 or ip6 proto 50) and not host 172.31.0.11'
all_up=$(taken_up)
check_equal "all of them are up" '5 state : active' "$all_up"
is_paths=$(paths) is_sas=$(sas) is_devices=$(devices) is_pid=$(pid) is_changes=$(changes)
stay() { # TEXT: all is as it was
    check_equal "$1: it is the same process" "$is_pid" "$(pid)"
    check_equal "$1: the activations are the same" "$is_paths" "$(paths)"
    check_equal "$1: the SAs are the same" "$is_sas" "$(sas)"
    check_equal "$1: the devices are the same" "$is_devices" "$(devices)"
    check_equal "$1: NetworkManager has noticed nothing" "$is_changes" "$(changes)"
    check "$1: traffic flows" flow 20
}
check "the service reloads" reload
stay "reload"
used=$(descriptors)
for n in 1 2 3; do check "it reloads again" reload; done
stay "four reloads"
check_equal "no descriptor is left over" "$used" "$(descriptors)"
for address in $addresses; do
    traffic_stop a $address
    # No more than were on their way when the ping was told to end.
    check_number "to $address: packets lost in all of them (longest silence $((GAP / 10)).$((GAP % 10)) s)" "$LOST" -le 5
    traffic_start a $address
done
expect_no_clear a eth0 "four reloads"
check_not "nothing of what it uses was taken for left by an earlier run" eval "journal a | grep 'earlier run'"
check_not "NetworkManager is not asked for what is up" eval "journal a | grep 'was up before'"

# --- it is a whole service ---------------------------------------------------------------------------

charon_kill a
charon_start a
check "after a restart of strongSwan all tunnels carry traffic again" flow 60
check "t4 goes down" down a t4
check_not "its device is gone" on a ip link show t4
go up a t4 ifname eth0
on a pkill -HUP -x nm-gre-service
check "t4 comes up, told to just before a reload" join
check "the reload comes after that" wait_until 20 eval '[ $(reloads) -gt 4 ]'
check "t4 is up" is_up a t4
check "all tunnels carry traffic" flow 30

go down a t4
on a pkill -HUP -x nm-gre-service
check "t4 goes down, told to just before a reload" join
go down a native
on a pkill -HUP -x nm-gre-service
check "so does the native tunnel" join
check "the reload comes after that" wait_until 30 eval '[ $(reloads) -gt 5 ]'
check_not "its companion is down too" is_up a native-ipsec
check "both come up again" eval "up a t4 ifname eth0 && up a native"
check "all tunnels carry traffic" flow 30
check_not "no tunnel was taken for gone" eval "journal a | grep 'removed the tunnel'"
expect_no_clear a eth0 "reloads while tunnels come up and go down"

# --- the peer and strongSwan are away ----------------------------------------------------------------

charon_stop a
check "it reloads while strongSwan is stopped" reload_with '1 state : active 4 state : seeking'
check "t4 is still up for NetworkManager" is_up a t4
charon_start a
check "all tunnels carry traffic when strongSwan is back" flow 60
expect_no_clear a eth0 "a reload without strongSwan"

# --- a program that does not run -----------------------------------------------------------------------

sh_on a 'mv /usr/libexec/nm-gre-service /usr/libexec/away'
on a pkill -HUP -x nm-gre-service
check "without the program, the journal says so" wait_until 20 eval "journal a | grep -q 'going on with the old program'"
sh_on a 'mv /usr/libexec/away /usr/libexec/nm-gre-service'
check "the old program goes on" flow 20
check "nm-gre status still asks it" on a nm-gre status
is_paths=$(paths)
check "it reloads when the program is there again" reload
check_equal "the activations are the same" "$is_paths" "$(paths)"

for address in $addresses; do traffic_stop a $address; done
for name in $vpns native; do check "$name goes down" down a $name; done
check_equal "no device is left" "" "$(devices)"
check_equal "no SA is left" "" "$(sas)"
sniff_stop a eth0
