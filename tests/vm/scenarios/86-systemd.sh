# SPDX-License-Identifier: GPL-2.0-or-later
# The unit as it is, under a systemd that is a host's first process, with the distribution's own units of
# NetworkManager and strongSwan: readiness, order, whether its hardening leaves the service what it needs
# (netlink, strongSwan's socket, the bus, names), and what a crash and a stop do. The unit is disabled, as a preset of
# an RPM's leaves it: a protected native tunnel that comes up at boot is protected all the same.
# timeout: 600
# file: ../../data/certificates
check "nm-gre.service is installed" test -e /usr/lib/systemd/system/nm-gre.service
systemd_is_here || { info "there is no systemd here to run it"; exit 0; }
host_new b
systemd_host a
link a eth0 b eth0

# --- furnishing a ----------------------------------------------------------------------------------

sh_on a 'echo 172.31.0.2 peer.example >>/etc/hosts
    systemctl --root=/ disable nm-gre.service'
check_equal "the unit is disabled" disabled "$(on a systemctl --root=/ is-enabled nm-gre.service)"
# However late the service is, NetworkManager waits for it.
sh_on a 'mkdir -p /etc/systemd/system/nm-gre.service.d
    printf "[Service]\nExecStartPre=/bin/sleep 5\n" >/etc/systemd/system/nm-gre.service.d/late.conf'
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile b wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24,172.31.0.1 \
    ipv4.address2=172.31.0.3/24
# And a native tunnel that comes up at boot, protected.
keyfile a tun connection.type=ip-tunnel connection.interface-name=tun "connection.secondaries=$(uuid_of a tun-ipsec);" \
    ip-tunnel.mode=2 ip-tunnel.local=172.31.0.1 ip-tunnel.remote=172.31.0.3 ipv4.address1=192.168.9.1/30
keyfile a tun-ipsec protects=tun ipsec=psk ipsec-psk=raclette vpn.persistent=true
keyfile b n local=172.31.0.3 remote=172.31.0.1 ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv4.address1=192.168.9.2/30
sniff_start a eth0
# Its key is a user's, in the user's home: the service may read it, and nothing else may be in its way.
for h in a b; do cp -r "$vm/certificates" "$(inside $h /etc/keys)"; done
sh_on a 'echo alice:x:1234:1234::/home/alice:/bin/sh >>/etc/passwd
    install -d -o 1234 -g 1234 -m 700 /home/alice && install -o 1234 -m 600 /etc/keys/a-ed.key /home/alice/key
    chmod 600 /etc/keys/*.key'
oneline() { tr '\n' ' ' <"$vm/certificates/$1" | sed 's/ $//'; }
keyfile a t remote=peer.example ipsec=pubkey ipsec-private-key=/home/alice/key \
    ipsec-remote-pubkey="$(oneline b-ed.pub)" vpn.persistent=true ipv4.address1=192.168.8.1/30
keyfile b t remote=172.31.0.1 ipsec=pubkey ipsec-private-key=/etc/keys/b-ed.key \
    ipsec-remote-pubkey="$(oneline a-ed.pub)" vpn.persistent=true ipv4.address1=192.168.8.2/30
systemd_begin a
go service_start b
go charon_start b
nm_start b
join

# --- running ---------------------------------------------------------------------------------------

check "systemd brings all three up" wait_until 120 systemd_is_up
check "the WAN is up" wait_until 60 is_up a wan
check "NetworkManager wants the disabled unit" eval "about NetworkManager Wants | grep -qw nm-gre.service"
check_equal "the unit is ready when the service says so" notify "$(about nm-gre Type)"
check_number "the service is ready before NetworkManager starts (µs)" "$(about nm-gre ActiveEnterTimestampMonotonic)" -le \
    "$(about NetworkManager ExecMainStartTimestampMonotonic)"
pid=$(on a pgrep -x nm-gre-service)
confined() { on a awk '/^(CapBnd|NoNewPrivs|Seccomp):/ { printf "%s%s", sep, $2; sep = " " }' "/proc/$1/status"; }
check_equal "the service has CAP_NET_ADMIN, CAP_NET_RAW, what reading as a user takes, no new privileges and a filter" "00000000000030c4 1 2" "$(confined "$pid")"
check "the native tunnel comes up by itself and waits for its peer" wait_until 60 is_up a tun
check_number "the native tunnel has its barrier" "$(barriers a)" -ge 2
traffic_start a 192.168.9.2
expect_no_clear a eth0 "after the boot, without the peer"
go up a t
go up b t
go up b n
check "a tunnel comes up" join
check "traffic flows through the native tunnel" traffic_flows a 192.168.9.2 30
traffic_start a 192.168.8.2
check "traffic flows through the tunnel" traffic_flows a 192.168.8.2 20
check_equal "the unit's process is the only one" "$pid" "$(on a pgrep -x nm-gre-service)"
check "the journal says how the tunnel is protected" eval "on a journalctl -u nm-gre --no-pager | grep 'secured: ESP'"
check_equal "strongSwan's unit reloads it" 0 "$(unit reload strongswan >/dev/null; echo $?)"
check "traffic flows through the tunnel" traffic_flows a 192.168.8.2 20
activation() { on a nmcli -g GENERAL.DBUS-PATH con show t; }
before=$(activation) limits=$(confined "$pid")
check "the service's unit reloads it" unit reload nm-gre
check "the program is started anew" wait_until 60 eval 'systemd_journal | grep -q "the program was started anew.* with 2 connections"'
check "the unit is ready again" wait_until 20 eval '[ "$(unit is-active nm-gre)" = active ]'
check_equal "it is the same process" "$pid" "$(about nm-gre MainPID)"
check_equal "it is as confined as before" "$limits" "$(confined "$pid")"
check_equal "the tunnel's activation is the same" "$before" "$(activation)"
check "traffic flows through the native tunnel" traffic_flows a 192.168.9.2 20
check "traffic flows through the tunnel" traffic_flows a 192.168.8.2 20

unit kill -s KILL nm-gre
again() { [ "$(on a pgrep -x nm-gre-service)" != "$pid" ] && [ "$(about nm-gre ActiveState)" = active ]; }
check "systemd starts a killed service again" wait_until 30 again
check "the tunnel comes up again with the service" wait_until 60 is_up a t
check "traffic flows through the tunnel again" traffic_flows a 192.168.8.2 20
check "traffic flows through the native tunnel again" traffic_flows a 192.168.9.2 30
traffic_stop a 192.168.8.2
info "longest gap $((GAP / 10)).$((GAP % 10)) s, $LOST of $((LOST + RECEIVED)) lost"
check "systemd stops the service" unit stop nm-gre
check_equal "the stopped service removed its devices and policies" "" "$(sh_on a 'ip -o link | grep alias; ip xfrm policy list nosock | grep -E "proto (gre|47)" | grep -v 172.31.0.3/32
    swanctl --list-conns | grep nm-gre')"
check_equal "strongSwan has no key after the stop" "" "$(sh_on a "$tools/vici-list get-keys; $tools/vici-list get-authorities")"
check_equal "the native tunnel's barrier stays after the stop" 2 "$(barriers a)"
traffic_stop a 192.168.9.2
findings() { on a nm-gre doctor --json tun | tr -d '\n'; }
[[ $(findings) != *unit-disabled* ]] && ok "doctor is content with the disabled unit" || bad "doctor says unit-disabled"
sh_on a 'systemctl mask nm-gre.service && systemctl daemon-reload'
[[ $(findings) == *unit-disabled*masked* ]] && ok "doctor finds the masked unit" || bad "doctor does not find the masked unit"
check "protect warns of the masked unit" eval "on a nm-gre protect tun 2>&1 | grep -q 'nm-gre.service is masked (systemctl unmask'"
check_equal "the unit has no failure" success "$(about nm-gre Result)"
expect_no_clear a eth0 "under systemd"
sniff_stop a eth0
check_not "the journal has no denied access" eval "on a journalctl -u nm-gre --no-pager | grep -iE 'not permitted|denied'"
systemd_keep
