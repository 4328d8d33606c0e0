# SPDX-License-Identifier: GPL-2.0-or-later
# strongSwan elsewhere: a has Fedora's layout (socket, settings, os-release), b a socket of its own in strongswan.conf.
# From advice for what is missing to traffic, then a's daemon moves and leaves a dead socket behind.
host_new a b
link a eth0 b eth0
for h in a b; do
    [ $h = a ] && me=1 peer=2 || me=2 peer=1
    keyfile $h wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$me/24,172.31.0.$peer
    keyfile $h t remote=172.31.0.$peer ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv4.address1=192.168.8.$me/30
    charon_conf $h
done
# What Fedora's build has compiled in, the environment says here; it is nothing that the service could read.
sh_on a 'cd /etc && rm os-release && printf "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n" >os-release
    mkdir strongswan && cp -r strongswan.conf strongswan.d swanctl strongswan && rm -r strongswan.conf strongswan.d swanctl
    mkdir -p /run/strongswan /opt && cat >/opt/built-in.conf <<EOC
include /etc/strongswan/strongswan.conf
charon-systemd { plugins { vici { socket = unix:///run/strongswan/charon.vici } } }
EOC'
sh_on b 'mkdir /run/own && sed -i "s|.*socket = .*|    socket = unix:///run/own/vici|" /etc/strongswan.d/charon/vici.conf'
daemon_start() { # HOST SOCKET [VARIABLE=VALUE…]: charon-systemd with its load-all
    sh_on "$1" "rm -f $2"
    background "$1" charon.out env "${@:3}" charon-systemd
    wait_until "$PATIENCE" test -S "$(inside "$1" "$2")" || bad "strongSwan does not start on $1"
}
go service_start a
go service_start b
join
nm_start a b

# --- before strongSwan is there ----------------------------------------------------------------------

daemon_start b /run/own/vici &
up a t & waiting=$!
told="strongSwan is not running (/run/charon.vici, /run/strongswan/charon.vici, .*start strongswan.service"
check "the journal says where it looked, and which unit to start" wait_until "$PATIENCE" eval "journal a | grep -q '$told'"
sh_on a 'for f in /usr/sbin/charon-systemd /usr/lib/ipsec/charon; do [ ! -e $f ] || mv $f $f.hidden; done'
doctor() { on a nm-gre doctor --json t | tr -d '\n'; }
said=$(doctor)
[[ $said == *strongswan-missing*'dnf install epel-release && dnf install strongswan'* ]] &&
    ok "doctor names the package of EPEL" || bad "doctor says: $said"
sh_on a 'for f in /usr/sbin/charon-systemd /usr/lib/ipsec/charon; do [ ! -e $f.hidden ] || mv $f.hidden $f; done'
sh_on a 'cat >/etc/strongswan/swanctl/conf.d/old.conf' <<'EOC'
connections { old { version = 2
    remote_addrs = 172.31.0.9
    local { certs = own.pem }
    remote { id = peer.example
        cacerts = ca.pem }
    children { gre { local_ts = dynamic[gre]
        remote_ts = dynamic[gre]
        mode = transport } } } }
secrets { private-own { file = own.key } }
EOC
on a nmcli con import type gre file /etc/strongswan/swanctl/conf.d/old.conf
check "an import takes the certificate's place from Fedora's directory" eval \
    "on a nmcli -g vpn.data con show old | grep -q 'ipsec-cert = /etc/strongswan/swanctl/x509/own.pem'"

# --- traffic -------------------------------------------------------------------------------------------

daemon_start a /run/strongswan/charon.vici STRONGSWAN_CONF=/opt/built-in.conf
check "the persistent profile is up" wait "$waiting"
up b t
traffic_start a 192.168.8.2
check "traffic flows between the two layouts, by the daemon that appeared later" traffic_flows a 192.168.8.2 30
connected() { [ "$(on a ss -xH | grep -c "$1 ")" -ge 2 ]; } # SOCKET; the daemon may call it /var/run/…
check "the service has found Fedora's socket" connected /run/strongswan/charon.vici
has_sa() { on "$1" env ${3:+"$3"} swanctl --list-sas --uri "unix://$2" | grep -q INSTALLED; } # HOST SOCKET [VARIABLE=VALUE]
check "the SA is in the daemon of b, at its own socket" has_sa b /run/own/vici

# A killed daemon leaves its socket behind. The next one listens where Debian's does.
charon_kill a
daemon_start a /run/charon.vici STRONGSWAN_CONF=/etc/strongswan/strongswan.conf
check "the dead socket is there" on a test -S /run/strongswan/charon.vici
check "the service finds the daemon at another place" wait_until 10 connected /run/charon.vici
check "the new daemon gets an SA" wait_until 30 has_sa a /run/charon.vici STRONGSWAN_CONF=/etc/strongswan/strongswan.conf
check "traffic flows through it" traffic_flows a 192.168.8.2 60
traffic_stop a 192.168.8.2
