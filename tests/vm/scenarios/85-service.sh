# SPDX-License-Identifier: GPL-2.0-or-later
# The life of the service: who starts it, who may talk to it, when it ends, and what it does about a device
# that somebody removed, a NetworkManager that is gone and what a crash left. On a the bus can start it
# (but no systemd), on b NetworkManager alone.
# timeout: 400
host_new a b
link a eth0 b eth0
sh_on b 'rm -f /usr/share/dbus-1/system-services/org.freedesktop.NetworkManager.gre.service'
for h in a b; do
    me=$([ $h = a ] && echo 1 || echo 2) peer=$([ $h = a ] && echo 2 || echo 1)
    keyfile $h wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/16,172.31.0.9 \
        ipv4.address2=172.31.1.$me/16 ipv4.address3=172.31.2.$me/16
    keyfile $h t1 ifname=tun1 remote=172.31.0.$peer key=1 ipv4.address1=192.168.1.$me/30
    keyfile $h t2 ifname=tun2 remote=172.31.0.$peer key=2 ipv4.address1=192.168.2.$me/30
    keyfile $h s ifname=tuns local=172.31.1.$me remote=172.31.1.$peer ipsec=psk ipsec-psk=raclette \
        ipv4.address1=192.168.3.$me/30 $([ $h = b ] && echo vpn.persistent=true)
    keyfile $h p ifname=tunp local=172.31.2.$me remote=172.31.2.$peer ipsec=psk ipsec-psk=fondue \
        ipv4.address1=192.168.4.$me/30 vpn.persistent=true
done
nm_start a b

# --- who starts it ---------------------------------------------------------------------------------

services() { on "$1" pgrep -c -x nm-gre-service; }
one_service() { [ "$(services "$1")" = 1 ]; }
no_service() { ! alive "$1" nm-gre-service; }
has_device() { on "$1" test -e "/sys/class/net/$2"; }
owner() { # HOST [NAME]: the process that has the service's name, or one below it
    on "$1" dbus-send --system --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.GetConnectionUnixProcessID "string:org.freedesktop.NetworkManager.gre${2:-}" |
        awk '{ print $2 }'
}
snapshot a
snapshot b
check_not "the service does not run on a yet" alive a nm-gre-service
check_not "the service does not run on b yet" alive b nm-gre-service
for h in a b; do for t in t1 t2; do go up $h $t; done; done
check "two connections come up at the same moment at each end" join
check "one process serves both connections on a" wait_until 10 one_service a
check "one process serves both connections on b" wait_until 10 one_service b
check_equal "the bus started the service on a" /usr/libexec/nm-gre-service \
    "$(on a pgrep -a -x nm-gre-service | cut -d' ' -f2-)"
check "NetworkManager started the service for a connection on b" eval "on b pgrep -a -x nm-gre-service | grep -q -- '--bus-name .*Connection_'"
check "traffic flows through the first connection" on a ping -c 1 -W 5 192.168.1.2
check "traffic flows through the second connection" on a ping -c 1 -W 5 192.168.2.2

# --- who may talk to it ----------------------------------------------------------------------------

name=org.freedesktop.NetworkManager.gre
nobody() { on a setpriv --reuid=65534 --regid=65534 --clear-groups dbus-send --system --print-reply "$@" 2>&1; }
root() { on a dbus-send --system --print-reply "$@" 2>&1; }
refused() { nobody "$@" | grep -E 'AccessDenied|not allowed to own'; }
serve=(--dest=$name /org/freedesktop/NetworkManager/gre $name.Serve string:$name.Connection_4711)
connection=$(on a dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.ListNames | grep -o "$name.Connection_[0-9]*" | head -1)
plugin=(--dest="$connection" /org/freedesktop/NetworkManager/VPN/Plugin org.freedesktop.NetworkManager.VPN.Plugin.Disconnect)
check "an ordinary user can't hand the service a connection" refused "${serve[@]}"
check "an ordinary user can't take a connection down" refused "${plugin[@]}"
check "an ordinary user can't own the service's name" refused --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.RequestName \
    string:$name.Connection_9 uint32:0
check_equal "the refused calls left no connection" "" "$(owner a .Connection_4711)"
check "the service tells root what is wrong with a name" eval "root ${serve[*]:0:3} string:org.example.foo | grep 'not a bus name of this service'"
check "root hands over a connection with --bus-name" on a /usr/libexec/nm-gre-service --bus-name $name.Connection_4711
check_equal "the running service serves the connection" "$(owner a)" "$(owner a .Connection_4711)"
check "nm-gre-service takes --version" on a /usr/libexec/nm-gre-service --version
check_not "nm-gre-service refuses an unknown option" on a /usr/libexec/nm-gre-service --frobnicate

# --- a device that somebody removes, SIGTERM --------------------------------------------------------

on a ip link del tun1
check "a connection whose device is removed fails" wait_until 10 is_down a t1
check "NetworkManager's reason is connect-failed: $(reason a t1)" grep -q '^connect-failed' <(reason a t1)
check "the journal says that another program removed the device" eval "journal a | grep -q 'another program removed.*tun1'"
check "the other connection still passes traffic" on a ping -c 1 -W 5 192.168.2.2
go service_stop a
go service_stop b
check "SIGTERM ends the service" join
check_equal "the service removed its devices at its end" "" "$(on a ip -o link | grep alias)$(on b ip -o link | grep alias)"
check "NetworkManager starts the service again" up b t1
check "the connection that was up when the service ended comes up again" wait_until 20 is_up b t2
for t in t1 t2; do go down b $t; done
check "the connections go down" join
expect_clean b
check "the service stays for a while without a connection" alive b nm-gre-service
idle=$(date +%s)

# --- with IPsec ------------------------------------------------------------------------------------

service_start a
check "on a too it comes up again" wait_until 20 is_up a t2
check "and goes down when told" down a t2
expect_clean a
go charon_start a
go charon_start b
join
check "--debug logs more" grep -q " debug: " $hosts/a/service.log
snapshot a
check "the service ends when no connection needs it" wait_until 45 no_service b
info "$(($(date +%s) - idle)) s after its last connection"
sniff_start a eth0
# A NetworkManager that ends leaves the routes to the peers that it made itself, and its next start does not
# know them: with any VPN. They are not ours to remove.
forget_routes() { for n in 1 2; do on a ip route del "172.31.$n.2/32" 2>/dev/null; done; }
begin_tunnels() { # on a; those of b are persistent
    for t in s p; do go up a $t; done
    join
}
for h in a b; do for t in s p; do go up $h $t; done; done
check "two tunnels with IPsec come up" join
carries() { on a ping -c 1 -W 2 "192.168.$1.2"; }
check "both tunnels with IPsec pass traffic" wait_until 15 eval "carries 3 && carries 4"
left() { # what there is of ours on a, in the kernel and in strongSwan
    sh_on a 'ip -o link | grep -o "alias nm-gre.*"
        ip xfrm policy list nosock | grep -E "proto (gre|47)"
        swanctl --list-conns | grep nm-gre
        swanctl --list-sas | grep nm-gre
        '$tools'/vici-list get-shared'
}
nothing_left() { [ -z "$(left)" ] || { left; return 1; }; }

check "NetworkManager ends" nm_stop a
check "the service takes NetworkManager's tunnels down" wait_until 10 nothing_left
check "the service stays when NetworkManager ends" alive a nm-gre-service
nm_start a
check "the WAN is up when NetworkManager is back" wait_until 10 is_up a wan
check "the persistent tunnel is brought up again" wait_until 40 eval "is_up a p && carries 4"
check "the persistent tunnel goes down when told" down a p
forget_routes
expect_clean a
check "both tunnels come up again" begin_tunnels
check "both tunnels pass traffic" wait_until 15 eval "carries 3 && carries 4"

service_kill a
check "a killed service leaves its devices" has_device a tuns
check_number "a killed service leaves its policies and connections" "$(left | wc -l)" -gt 8
expect_no_clear a eth0 "after the crash"
service_start a
check "both tunnels are brought up again" wait_until 40 eval "is_up a p && carries 4 && is_up a s && carries 3"
check "the other tunnel goes down when told" down a s
check "its device is removed" wait_until 10 negated has_device a tuns
check "strongSwan has nothing of the other tunnel" eval "left | grep -c 172.31.1. | grep -qx 0"

sh_on a 'pkill -KILL -x "NetworkManager|nm-gre-service"'
check "NetworkManager and the service are killed" wait_until 10 eval "! alive a NetworkManager && ! alive a nm-gre-service"
check_number "killing both leaves devices and policies" "$(left | wc -l)" -gt 4
service_start a
check "the service's next start removes them" wait_until 10 nothing_left
nm_start a
check "the persistent tunnel comes up again with NetworkManager" wait_until 40 eval "is_up a p && carries 4"
expect_no_clear a eth0 "through all of it"
check_number "the traffic was ESP" "$(packets a eth0 esp out)" -gt 4
sniff_stop a eth0
down a p
forget_routes
expect_clean a

# NetworkManager gives the program of a VPN 5 s, which may be too short on a busy machine. It need not start one where
# the service runs.
nm_stop a
sh_on a 'printf "#!/bin/sh\nsleep 20\n" >/run/late && chmod +x /run/late
    name=/usr/lib/NetworkManager/VPN/nm-gre-service.name
    sed s,^program=.*,program=/run/late, $name >/run/late.name && mount --bind /run/late.name $name'
nm_start a
check "the WAN is up with a program that starts too late" wait_until 10 is_up a wan
check "a tunnel comes up although the program would be too late" up a s
check "it passes traffic" wait_until 15 carries 3
down a s
forget_routes
expect_clean a
check "the service with --persist stays" alive a nm-gre-service
