# SPDX-License-Identifier: GPL-2.0-or-later
# The .deb packages on a machine that runs: host a has the distribution's systemd, NetworkManager and strongSwan, and not
# this program. It is installed, brings tunnels up, is upgraded while traffic flows, removed and purged. Host b is a
# gateway that somebody configured by hand, with traps: it sends nothing in clear text either. tests/packages/run builds
# the packages and starts this.
# timeout: 1200
debs=/usr/share/nm-gre-packages
check "there are packages to install" test -e $debs/old/network-manager-gre.deb
check_not "the program is not installed" test -e /usr/libexec/nm-gre-service
systemd_is_here || { info "there is no systemd here to run it"; exit 0; }
host_new b
systemd_host a
link a eth0 b eth0

# --- furnishing a --------------------------------------------------------------------------------------

# A container's policy, which would keep the package from starting its service, and triggers of others that take
# minutes under emulation.
sh_on a 'rm -f /usr/sbin/policy-rc.d
    ln -sfn /bin/true /usr/bin/mandb
    ln -sfn /bin/true /usr/sbin/update-icon-caches'
nowhere a 192.168.8.0/24 192.168.9.0/24
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
systemd_begin a
sh_on b 'ip addr add 172.31.0.2/24 dev eth0; ip addr add 172.31.0.3/24 dev eth0; ip link set eth0 up
    ip link add gre8 type gre local 172.31.0.2 remote 172.31.0.1 key 8
    ip link add gre9 type gre local 172.31.0.3 remote 172.31.0.1 key 9
    ip addr add 192.168.8.2/30 dev gre8; ip addr add 192.168.9.2/30 dev gre9
    sysctl -qw net.ipv6.conf.gre8.disable_ipv6=1 net.ipv6.conf.gre9.disable_ipv6=1
    ip link set gre8 up; ip link set gre9 up'
by_hand b vpn 172.31.0.2 172.31.0.1 raclette start_action=trap
by_hand b native 172.31.0.3 172.31.0.1 raclette start_action=trap
charon_start b
sniff_start a eth0

dpkg_on_a() { on a env DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io "$@"; }
check "NetworkManager and strongSwan run, without the program" wait_until 120 eval "unit is-active NetworkManager strongswan"
check "the WAN is up" wait_until 60 is_up a wan
manager=$(about NetworkManager MainPID)
state_of_files() { # what a package could leave beside its own files
    on a find /etc /run/nm-gre /var/lib/systemd /usr/lib/NetworkManager /usr/libexec /usr/share/dbus-1 /lib/systemd/system \
        -path '*/NetworkManager/system-connections/*' -o -path '/etc/swanctl/*' -o -printf '%p %y %l\n' 2>/dev/null |
        grep -v 'ld.so.cache\|/catalog/database\|/timers/\|/random-seed\|.pki' | sort
}
state_of_files >/tmp/before

# --- installing ----------------------------------------------------------------------------------------

check "dpkg installs both packages" dpkg_on_a -i $debs/old/network-manager-gre.deb $debs/old/network-manager-gre-gnome.deb
check_equal "the service runs" active "$(unit is-active nm-gre)"
check_equal "it starts at boot" enabled "$(unit is-enabled nm-gre)"
check_equal "the timer is the administrator's to enable" disabled "$(unit is-enabled nm-gre-metrics.timer)"
check_equal "NetworkManager was not restarted" "$manager" "$(about NetworkManager MainPID)"
check "NetworkManager was reloaded" eval "on a journalctl -u NetworkManager --no-pager | grep -q 'op=\"reload\"'"
check "NetworkManager wants the service" eval "about NetworkManager Wants | grep -qw nm-gre.service"
profile a t remote=172.31.0.2 key=8 ipsec=psk ipsec-psk=raclette ipv4.addresses=192.168.8.1/30
check "a tunnel comes up, without a restart of anything" up a t
sh_on a "nmcli con add type ip-tunnel con-name tun ifname tun mode gre local 172.31.0.1 remote 172.31.0.3 \
        ip-tunnel.input-key 9 ip-tunnel.output-key 9 ipv4.method manual ipv4.addresses 192.168.9.1/30 \
        ipv6.method disabled autoconnect no
    (umask 077; echo raclette >/root/tunnel.psk)"
check "a native tunnel is protected" on a nm-gre protect tun --psk-file /root/tunnel.psk --up
# Ten pings a second: 50, as traffic_start has them, leave dpkg too little of an emulated processor.
for address in 192.168.8.2 192.168.9.2; do
    background a "ping.$address" ping -D -O -n -i 0.1 -W 1 $address
done
check "traffic flows through the tunnel" traffic_flows a 192.168.8.2 30
check "traffic flows through the native tunnel" traffic_flows a 192.168.9.2 30
expect_no_clear a eth0 "after the installation"

# --- upgrading -----------------------------------------------------------------------------------------

service=$(about nm-gre MainPID)
activation=$(on a nmcli -g GENERAL.DBUS-PATH con show t)
check "dpkg upgrades both packages while traffic flows" \
    dpkg_on_a -i $debs/new/network-manager-gre.deb $debs/new/network-manager-gre-gnome.deb
check_equal "the higher version is installed" "$(dpkg-deb -f $debs/new/network-manager-gre.deb Version)" \
    "$(on a dpkg-query -W -f '${Version}' network-manager-gre)"
check_equal "the service runs" active "$(unit is-active nm-gre)"
check "the new program took the old one's place" wait_until 60 eval \
    'on a journalctl -u nm-gre --no-pager | grep -q "the program was started anew"'
check_equal "the service is the same process" "$service" "$(about nm-gre MainPID)"
check_equal "its program is the installed one" /usr/libexec/nm-gre-service "$(on a readlink /proc/$service/exe)"
check_equal "the activation is the same" "$activation" "$(on a nmcli -g GENERAL.DBUS-PATH con show t)"
check_equal "NetworkManager was not restarted" "$manager" "$(about NetworkManager MainPID)"
check "the tunnel stayed up" is_up a t
check "the native tunnel stayed up" is_up a tun
check "traffic flows through the tunnel again" traffic_flows a 192.168.8.2 60
check "traffic flows through the native tunnel again" traffic_flows a 192.168.9.2 60
for address in 192.168.8.2 192.168.9.2; do
    traffic_stop a $address
    check_number "upgrade, $address: tenths of a second of silence" "$GAP" -le 15
    info "upgrade, $address: longest silence $((GAP / 10)).$((GAP % 10)) s, $LOST of $((LOST + RECEIVED)) pings lost"
done
on a journalctl -u nm-gre -o short-precise --no-pager >$hosts/a/service.log 2>&1
counts a eth0 "upgrade"
check_equal "no GRE packet passes in clear text during the upgrade" "0 0" "$CLEAR_OUT $CLEAR_IN"

# --- the packages' own test ----------------------------------------------------------------------------

check "the autopkgtest brings a tunnel up" on a bash $debs/tunnel

# --- removing ------------------------------------------------------------------------------------------

check "dpkg removes both packages while tunnels are up" dpkg_on_a -r network-manager-gre-gnome network-manager-gre
check_equal "the service stopped" "" "$(on a pgrep -x nm-gre-service)"
check_equal "NetworkManager was not restarted" "$manager" "$(about NetworkManager MainPID)"
check_equal "the tunnel's device is gone" "" "$(on a ip -o link show type gre | grep -o nmgre0)"
check_equal "the native tunnel's barrier stays" 2 "$(barriers a)"
on a ping -c 5 -i 0.3 -W 1 192.168.9.2
expect_no_clear a eth0 "after the removal"
check "dpkg purges both packages" dpkg_on_a -P network-manager-gre-gnome network-manager-gre
check_equal "NetworkManager was not restarted" "$manager" "$(about NetworkManager MainPID)"
check_equal "no unit has failed" "" "$(unit --failed --no-legend --plain | grep -E 'nm-gre|NetworkManager')"
state_of_files >/tmp/after
check_equal "nothing is left of the packages" "" "$(diff /tmp/before /tmp/after | grep '^[<>]')"
sniff_stop a eth0
