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
check_not "nobody has started it on a" alive a nm-gre-service
check_not "nor on b" alive b nm-gre-service
for h in a b; do for t in t1 t2; do go up $h $t; done; done
check "two connections at the same moment at each end" join
check "one process serves both, on a" wait_until 10 one_service a
check "and on b" wait_until 10 one_service b
check_equal "started by the bus on a" /usr/libexec/nm-gre-service \
    "$(on a pgrep -a -x nm-gre-service | cut -d' ' -f2-)"
check "by NetworkManager, for a connection, on b" eval "on b pgrep -a -x nm-gre-service | grep -q -- '--bus-name .*Connection_'"
check "traffic flows in the first" on a ping -c 1 -W 5 192.168.1.2
check "and in the second" on a ping -c 1 -W 5 192.168.2.2

# --- who may talk to it ----------------------------------------------------------------------------

name=org.freedesktop.NetworkManager.gre
nobody() { on a setpriv --reuid=65534 --regid=65534 --clear-groups dbus-send --system --print-reply "$@" 2>&1; }
root() { on a dbus-send --system --print-reply "$@" 2>&1; }
refused() { nobody "$@" | grep -E 'AccessDenied|not allowed to own'; }
serve=(--dest=$name /org/freedesktop/NetworkManager/gre $name.Serve string:$name.Connection_4711)
connection=$(on a dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
    org.freedesktop.DBus.ListNames | grep -o "$name.Connection_[0-9]*" | head -1)
plugin=(--dest="$connection" /org/freedesktop/NetworkManager/VPN/Plugin org.freedesktop.NetworkManager.VPN.Plugin.Disconnect)
check "an ordinary user can't hand it a connection" refused "${serve[@]}"
check "nor take one down" refused "${plugin[@]}"
check "nor own its name" refused --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.RequestName \
    string:$name.Connection_9 uint32:0
check_equal "nor did anything come of it" "" "$(owner a .Connection_4711)"
check "root is told what is wrong with a name" eval "root ${serve[*]:0:3} string:org.example.foo | grep 'not a name of ours'"
check "root hands over a connection with --bus-name" on a /usr/libexec/nm-gre-service --bus-name $name.Connection_4711
check_equal "and the running service serves it" "$(owner a)" "$(owner a .Connection_4711)"
check "--version" on a /usr/libexec/nm-gre-service --version
check_not "an unknown option" on a /usr/libexec/nm-gre-service --frobnicate

# --- a device that somebody removes, SIGTERM --------------------------------------------------------

on a ip link del tun1
check "its connection fails" wait_until 10 is_down a t1
check "for the right reason: $(reason a t1)" grep -q '^connect-failed' <(reason a t1)
check "and the journal says what happened" eval "journal a | grep -q 'somebody removed.*tun1'"
check "the other one carries traffic" on a ping -c 1 -W 5 192.168.2.2
go service_stop a
go service_stop b
check "SIGTERM ends it" join
check_equal "with its devices" "" "$(on a ip -o link | grep alias)$(on b ip -o link | grep alias)"
expect_clean a
expect_clean b
check "NetworkManager starts it again" up b t1
check "down" down b t1
check "it stays for a while" alive b nm-gre-service
idle=$(date +%s)

# --- with IPsec ------------------------------------------------------------------------------------

go service_start a
go charon_start a
go charon_start b
join
check "--debug logs more" grep -q " debug: " $hosts/a/service.log
snapshot a
check "it ends when nobody needs it" wait_until 45 no_service b
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
check "two tunnels with IPsec" join
carries() { on a ping -c 1 -W 2 "192.168.$1.2"; }
check "which carry traffic" wait_until 15 eval "carries 3 && carries 4"
left() { # what there is of ours on a, in the kernel and in strongSwan
    sh_on a 'ip -o link | grep -o "alias nm-gre.*"
        ip xfrm policy list nosock | grep -E "proto (gre|47)"
        swanctl --list-conns | grep nm-gre
        swanctl --list-sas | grep nm-gre
        '$tools'/vici-list get-shared'
}
nothing_left() { [ -z "$(left)" ] || { left; return 1; }; }

check "NetworkManager ends" nm_stop a
check "its tunnels are taken down" wait_until 10 nothing_left
check "the service stays" alive a nm-gre-service
nm_start a
check "after that all is as before" wait_until 10 is_up a wan
check "the persistent tunnel is brought up again" wait_until 40 eval "is_up a p && carries 4"
check "and goes down when told" down a p
forget_routes
expect_clean a
check "up again" begin_tunnels
check "traffic" wait_until 15 eval "carries 3 && carries 4"

service_kill a
check "a killed service leaves its devices" has_device a tuns
check_number "and the rest" "$(left | wc -l)" -gt 8
expect_no_clear a eth0 "after the crash"
service_start a
check "the persistent tunnel is brought up again" wait_until 40 eval "is_up a p && carries 4"
check "the other one is not, and is removed" wait_until 10 negated has_device a tuns
check "nor is anything of it in strongSwan" eval "left | grep -c 172.31.1. | grep -qx 0"

sh_on a 'pkill -KILL -x "NetworkManager|nm-gre-service"'
check "both are killed" wait_until 10 eval "! alive a NetworkManager && ! alive a nm-gre-service"
check_number "which leaves things too" "$(left | wc -l)" -gt 4
service_start a
check "its next start removes them" wait_until 10 nothing_left
nm_start a
check "with NetworkManager the persistent one comes up again" wait_until 40 eval "is_up a p && carries 4"
expect_no_clear a eth0 "through all of it"
check_number "what flowed was ESP" "$(packets a eth0 esp out)" -gt 4
sniff_stop a eth0
down a p
forget_routes
expect_clean a
check "with --persist it stays" alive a nm-gre-service
