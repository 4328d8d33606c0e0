# SPDX-License-Identifier: GPL-2.0-or-later
# What an ordinary user hears of others' tunnels: nothing of what the service tells NetworkManager, no name of a
# profile that the user may not see, and not whether a pre-shared key is the right one. Serve is root's alone, even
# if the bus policy lets everybody call it.
# timeout: 400
host_new a b
link a eth0 b eth0
sh_on b 'ip addr add 172.31.0.2/24 dev eth0'
by_hand b t 172.31.0.2 172.31.0.1 raclette
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
# The addresses are of root's own profile; others ask for them with the same key and with another one.
of_pair() { # NAME KEY SECRET KEY=VALUE…
    keyfile a "$1" ifname="$1" remote=172.31.0.2 key="$2" ipsec=psk ipsec-psk="$3" ipv4.address1="192.168.$2.1/30" "${@:4}"
}
of_pair hidden 1 raclette 'connection.permissions=user:root:;'
of_pair wrong 2 emmental
of_pair right 3 raclette
# Another peer with the same identity.
for name in wrong right; do
    secret=$([ $name = right ] && echo raclette || echo emmental)
    keyfile a id-$name ifname=id-$name remote=172.31.0.9 ipsec-remote-id=172.31.0.2 ipsec=psk ipsec-psk=$secret \
        vpn.persistent=true ipv4.address1=192.168.4.1/30
done
sh_on a 'cat >/etc/dbus-1/system.d/zz-open.conf' <<'EOC'
<busconfig><policy context="default"><allow send_destination="org.freedesktop.NetworkManager.gre"/></policy></busconfig>
EOC
go service_start a
go charon_start a
go charon_start b
join
nm_start a
as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
nobody() { on a $as_nobody "$@"; }

# --- signals ----------------------------------------------------------------------------------------

plugin=org.freedesktop.NetworkManager.VPN.Plugin
background a heard.log $as_nobody dbus-monitor --system "type='signal',interface='$plugin'"
heard() { grep -q "member=$1" "$hosts/a/heard.log"; }
call_out() { on a gdbus emit --system -o /x -s $plugin.Failure 7; heard Failure; }
check "an ordinary user hears what is told to everybody" wait_until 20 call_out
check "a tunnel comes up" up a hidden
on a ping -c 1 -W 5 192.168.1.2
call_again() { on a gdbus emit --system -o /x -s $plugin.StateChanged 7; heard StateChanged; }
check "the ordinary user still listens" wait_until 20 call_again
check_equal "an ordinary user hears nothing of what NetworkManager is told" "" \
    "$(grep -oE 'member=(Config|Ip4Config|Ip6Config|SecretsRequired)' "$hosts/a/heard.log" | sort -u | tr '\n' ' ')"
check_equal "nor of the tunnel's states" 1 "$(grep -c member=StateChanged "$hosts/a/heard.log")"

# --- conflicts --------------------------------------------------------------------------------------

failure() { nobody nm-gre status --json "$1" | sed -n 's/^ *"failure" *: "\(.*\)",*$/\1/p'; }
for name in wrong right; do
    check_not "a profile for the addresses of another user's does not come up, the $name key" up a $name
    failure $name >/tmp/$name
    check "$name: its failure says what is wrong" grep -F 'the profile of another user' /tmp/$name
    check_not "$name: its failure does not name that profile" grep -F hidden /tmp/$name
    check_not "$name: its failure does not say what differs" grep -F ipsec-psk /tmp/$name
done
check_equal "the right key and the wrong one get the same answer" "$(cat /tmp/wrong)" "$(cat /tmp/right)"
check "the journal has the name for the administrator" eval "journal a | grep -F '[wrong]' | grep -F '\"hidden\"'"
for name in id-wrong id-right; do
    check_not "a profile for the identity of another user's peer does not come up, $name" up a $name
    failure $name >/tmp/$name
    check_not "$name: its failure does not name that profile" grep -F hidden /tmp/$name
done
check_equal "id: the right key and the wrong one get the same answer" "$(cat /tmp/id-wrong)" "$(cat /tmp/id-right)"

# --- Serve ------------------------------------------------------------------------------------------

serve() { # HOW…
    "$@" dbus-send --system --print-reply --dest=org.freedesktop.NetworkManager.gre /org/freedesktop/NetworkManager/gre \
        org.freedesktop.NetworkManager.gre.Serve string:org.freedesktop.NetworkManager.gre.Connection_99
}
serve nobody >/tmp/served 2>&1
check "the service refuses Serve of an ordinary user" grep -E 'AccessDenied.*root' /tmp/served
check_not "no name is served then" on a dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
    org.freedesktop.DBus.GetNameOwner string:org.freedesktop.NetworkManager.gre.Connection_99
check "root may call it" serve on a
