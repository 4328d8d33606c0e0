# SPDX-License-Identifier: GPL-2.0-or-later
# nm-gre doctor: finds nothing in tunnels that are well; then each fault in turn is made, found (that and nothing
# else), and undone. Ours at one end, at the other `ip tunnel` and a swanctl.conf written by hand.
# timeout: 500
# file: ../../data/firewall/firewalld.nft
host_new a b
link a eth0 b eth0
sh_on b 'for n in 2 3 4 5 6 7 8 9; do ip addr add 172.31.0.$n/24 dev eth0; done
    tunnel() {
        ip tunnel add $1 mode gre local 172.31.0.$2 remote 172.31.0.1 ttl 64 $4
        ip addr add 192.168.$3.2/30 dev $1
        echo 1 >/proc/sys/net/ipv6/conf/$1/disable_ipv6 # what it reports to its routers would come in as GRE
        ip link set $1 up
    }
    tunnel plain 2 20 "key 42"
    tunnel safe 3 21
    tunnel native 4 22
    nft "table ip f { chain in { type filter hook input priority 0; ip daddr 172.31.0.8 drop; }; }"'
by_hand b safe 172.31.0.3 172.31.0.1 raclette
by_hand b native 172.31.0.4 172.31.0.1 raclette
by_hand b psk 172.31.0.5 172.31.0.1 fondue
by_hand b identity 172.31.0.6 172.31.0.1 raclette version=1 id=somebody.example.org
by_hand b proposal 172.31.0.7 172.31.0.1 raclette esp_proposals=aes128gcm16
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2 \
    ipv6.address1=fd31::1/64
make() { # NAME REMOTE INNER KEY=VALUE…
    keyfile a "$1" connection.autoconnect=false remote=172.31.0."$2" ifname="$1" ipv4.address1=192.168."$3".1/30 "${@:4}"
}
make plain 2 20 key=42
make safe 3 21 persistent=true ipsec=psk ipsec-psk=raclette
make psk 5 35 persistent=true ipsec=psk ipsec-psk=raclette
make silent 8 38 persistent=true ipsec=psk ipsec-psk=raclette
make identity 6 36 persistent=true ipsec=psk ipsec-psk=raclette ipsec-ike-version=1
make proposal 7 37 persistent=true ipsec=psk ipsec-psk=raclette ipsec-esp-proposals=aes256-sha512
keyfile a native connection.type=ip-tunnel connection.interface-name=native connection.autoconnect=false \
    "connection.secondaries=$(uuid_of a native-ipsec);" ip-tunnel.mode=2 ip-tunnel.remote=172.31.0.4 \
    ip-tunnel.local=172.31.0.1 ipv4.address1=192.168.22.1/30
keyfile a native-ipsec connection.autoconnect=false protects=native persistent=true ipsec=psk ipsec-psk=raclette
keyfile a six connection.autoconnect=false remote=fd31::2 ifname=six ipv4.address1=192.168.40.1/30
service_start a
go nm_start a
go charon_start a b
join

doctor() { on a nm-gre doctor "$@"; }
found() { sed -n 's/^      "id" *: "\(.*\)",*$/\1/p' "/tmp/doctor.$1" | sort | tr '\n' ' '; }
finds() { # TEXT PROFILE FINDING…: exactly these
    local text=$1 profile=$2 all
    shift 2
    doctor --json "$profile" >"/tmp/doctor.$profile" 2>&1
    status=$?
    all=$(found "$profile")
    check_equal "nm-gre doctor $profile finds ${*:-nothing}: $text" "$*" "${all% }" || explain <"/tmp/doctor.$profile"
}
mends() { check "the fix for $1 is $2" grep -qF -- "$2" "/tmp/doctor.$1"; } # PROFILE TEXT: of the one before
passes() { on a ping -q -c 1 -W 2 "$1"; } # ADDRESS
has_cause() { on a nm-gre status --json "$1" | grep -q '"failure" *:'; }
firewall() { on "$1" nft "table ip doctor { chain x { type filter hook ${3:-input} priority 0; $2; }; }"; } # HOST RULES [HOOK]
no_firewall() { on "$1" nft delete table "${2:-ip doctor}"; } # HOST

# --- tunnels that are well ------------------------------------------------------------------------------

for names in 'safe native plain' 'psk identity' 'proposal silent'; do # not all at once: each starts a program
    for n in $names; do go check "$n comes up, or waits for its peer" up a $n; done
    join
done
for n in 20 21 22; do check "192.168.$n.2 answers through its tunnel" wait_until "$PATIENCE" passes 192.168.$n.2; done
finds "the plain tunnel is well" plain
check_equal "nm-gre doctor has exit status 0 if it finds nothing" 0 "$status"
finds "the protected tunnel is well" safe
finds "NetworkManager's own tunnel is well" native
finds "the tunnel is down, which is no fault" six
check_equal "nm-gre doctor has exit status 0 for an ordinary user too" 0 \
    "$(on a setpriv --reuid=65534 --regid=65534 --clear-groups nm-gre doctor safe >/tmp/doctor.user 2>&1; echo $?)"
check "nm-gre doctor tells an ordinary user what needs root" grep -q '^not checked: .*need root' /tmp/doctor.user
check_equal "nm-gre doctor has exit status 3 if the profile does not exist" 3 "$(doctor nosuch >/dev/null 2>&1; echo $?)"

# --- this machine ---------------------------------------------------------------------------------------

firewall a 'meta l4proto gre counter drop'
finds "nftables drops GRE" plain firewall
mends plain 'nft insert rule ip doctor x ip saddr 172.31.0.2 meta l4proto gre accept'
check_equal "nm-gre doctor has exit status 6 if it finds an error" 6 "$status"
no_firewall a
firewall a 'udp dport { 500, 4500 } drop; meta l4proto esp drop'
finds "nftables drops IKE and ESP" safe firewall
no_firewall a
sh_on a 'iptables -A INPUT -p gre -m comment --comment "no tunnels" -j REJECT'
finds "iptables drops GRE" plain firewall
mends plain 'iptables -I INPUT -s 172.31.0.2 -p gre -j ACCEPT'
sh_on a 'iptables -F INPUT'
on a nft -f - <"$vm/firewalld.nft"
finds "firewalld drops what the peer initiates" safe firewall
mends safe 'firewall-cmd --permanent --zone=public --add-service=gre --add-service=ipsec && firewall-cmd --reload'
no_firewall a 'inet firewalld'

sh_on a 'ip link add lan type dummy; ip addr add 10.1.0.1/24 dev lan; ip link set lan up
    ip route add 10.2.0.0/16 dev plain'
finds "a network is routed through the tunnel and forwarding is off" plain forwarding
on a sysctl -qw net.ipv4.ip_forward=1
finds "forwarding is on" plain
sh_on a 'ip link del lan; ip route del 10.2.0.0/16; sysctl -qw net.ipv4.ip_forward=0'

sh_on a 'sysctl -qw net.ipv4.conf.plain.rp_filter=1; ip route add 192.168.20.2/32 dev eth0'
finds "rp_filter drops what the peer sends" plain rp-filter
mends plain 'sysctl -w net.ipv4.conf.plain.rp_filter=2'
sh_on a 'sysctl -qw net.ipv4.conf.plain.rp_filter=0; ip route del 192.168.20.2/32 dev eth0'

on a ip route add 172.31.0.2/32 dev plain
finds "the route to the peer leads through the tunnel" plain route-loop
on a ip route del 172.31.0.2/32 dev plain

on a ip link set gre0 up
sh_on b 'ip tunnel add odd mode gre local 172.31.0.2 remote 172.31.0.1 key 7; ip addr add 192.168.29.2/30 dev odd
    ip link set odd up; ping -q -c 1 -W 1 192.168.29.1; ip link del odd'
finds "gre0 swallows packets" plain gre0
on a ip link set gre0 down

# --- the peer -------------------------------------------------------------------------------------------

on b ip link set plain type gre okey 43 ikey 42 local 172.31.0.2 remote 172.31.0.1
finds "the peer sends with another key" plain key
mends plain '+vpn.data key=43'
on b ip link set plain type gre okey 42 ikey 43 local 172.31.0.2 remote 172.31.0.1
finds "the peer expects another key" plain key
on b ip link set plain type gre okey 42 ikey 42 local 172.31.0.2 remote 172.31.0.1
on b ip link set safe type gre okey 7 ikey 7 local 172.31.0.3 remote 172.31.0.1
finds "the peer has another key inside IPsec" safe key
on b ip link set safe type gre noikey nookey local 172.31.0.3 remote 172.31.0.1

firewall b 'meta l4proto gre drop'
finds "the peer is silent" plain peer-silent
no_firewall b
firewall b 'meta l4proto gre reject with icmp admin-prohibited'
finds "the peer refuses GRE" plain peer-firewall
no_firewall b
firewall b 'meta l4proto esp drop'
finds "the peer answers IKE but not ESP" safe no-esp
mends safe '+vpn.data ipsec-encap=yes'
no_firewall b

on b ip link set eth0 mtu 1300
finds "packets are too big for the route to the peer" safe mtu
mends safe '+vpn.data mtu=12'
on b ip link set eth0 mtu 1500

for n in psk identity proposal silent; do check "$n: the service knows why it does not come up" wait_until "$PATIENCE" has_cause $n; done
finds "the peer has another pre-shared key" psk psk
finds "the peer has another identity" identity identity
finds "the peer has no proposal in common" proposal proposal
finds "the peer does not answer IKE" silent peer-silent

# --- what is down, or goes down -------------------------------------------------------------------------

down a plain
# The kernel takes a second one only once the service has removed the first.
check "a tunnel is made by hand" wait_until "$PATIENCE" on a ip tunnel add by-hand mode gre local 172.31.0.1 remote 172.31.0.2 key 42
finds "another tunnel has the same endpoints" plain same-endpoints
on a ip link del by-hand
on a modprobe -r ip6_gre
finds "a module that is not loaded yet is no fault" six
sh_on a 'echo "install ip6_gre /bin/false" >/etc/modprobe.d/doctor.conf'
finds "the module is blocked" six module
sh_on a 'rm /etc/modprobe.d/doctor.conf; d=/lib/modules/$(uname -r); grep -v "ip6_gre.ko" $d/modules.dep >/tmp/dep
    mount --bind /tmp/dep $d/modules.dep'
finds "the module does not exist" six module
sh_on a 'umount /lib/modules/$(uname -r)/modules.dep'

charon_stop a
finds "strongSwan is stopped" safe strongswan-stopped
sh_on a 'for f in /usr/sbin/charon-systemd /usr/lib/ipsec/charon; do [ ! -e $f ] || mv $f $f.hidden; done
    rm -f /run/charon.vici'
finds "strongSwan is not installed" safe strongswan-missing
sh_on a 'for f in /usr/sbin/charon-systemd /usr/lib/ipsec/charon; do [ ! -e $f.hidden ] || mv $f.hidden $f; done
    for p in openssl gmp curve25519 gcrypt; do
        echo "charon-systemd { plugins { $p { load = no } } }"
    done >/etc/strongswan.d/zzz.conf'
charon_start a
finds "strongSwan lacks a plugin" safe strongswan-plugin
service_stop a
finds "the service is stopped" plain service
