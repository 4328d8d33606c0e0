# SPDX-License-Identifier: GPL-2.0-or-later
# A peer that is a name: a persistent tunnel counts as up without an address, so that the WAN that names it in
# connection.secondaries stays; nothing leaves before there is one, and then a barrier stands first. It heals when the name
# does.
# timeout: 500
host_new a b
link a eth0 b eth0
common=(connection.autoconnect=false ipsec=psk ipsec-psk=raclette ipsec-dpd-delay=2)
keyfile a wan connection.type=ethernet connection.interface-name=eth0 connection.autoconnect=false \
    ipv4.address1=172.31.0.1/24,172.31.0.53 \
    "connection.secondaries=$(uuid_of a site);$(uuid_of a plain);"
keyfile a site "${common[@]}" persistent=true remote=b.example ifname=gre1 ipv4.address1=192.168.8.1/30 \
    ipv4.route1=10.8.0.0/24
keyfile a plain connection.autoconnect=false persistent=true remote=c.example mode=gre ifname=gre2 ipv4.address1=192.168.7.1/30
keyfile a once "${common[@]}" remote=b.example ifname=gre3 ipv4.address1=192.168.6.1/30
# The other end: an IPsec gateway and a plain tunnel.
sh_on b 'ip addr add 172.31.0.53/24 dev eth0; ip addr add 172.31.0.10/24 dev eth0; ip addr add 172.31.0.9/24 dev eth0
    ip link add gre1 type gre local 172.31.0.9 remote 172.31.0.1
    ip link add gre2 type gre local 172.31.0.10 remote 172.31.0.1
    for device in gre1 gre2; do ip link set $device up; done
    ip addr add 192.168.8.2/32 dev lo; ip route add 192.168.8.1/32 dev gre1 src 192.168.8.2
    ip addr add 192.168.7.2/30 dev gre2'
by_hand b four 172.31.0.9 172.31.0.1 raclette
name_server b 172.31.0.53
resolve_with a 172.31.0.53
go service_start a
go charon_start a b
go nm_start a
join
on a sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=1 # as the WAN's profile leaves it
snapshot a
sniff_start a eth0
in_status() { on a nm-gre status "$1" | tr -s '\n ' ' ' | grep -qF "$2"; } # NAME TEXT
of_tunnel() { frames a eth0 out "$(packet_filter clear) or $(packet_filter esp)"; }
reaches() { on a ping -q -c 1 -W 1 "$1"; }
device() { on a ip -d -o link show gre1 | grep -o "$1 [^ ]*" | head -1; } # kind|remote
remote_is() { [ "$(on a ip -d -o link show gre1 | grep -o 'remote [^ ]*')" = "remote $1" ]; }
wan_stays() { check_equal "$1: the WAN and the tunnels are activated" "activated activated activated" "$(state a wan) $(state a site) $(state a plain)"; }

# --- the name does not exist -------------------------------------------------------------------------------
now
began=$NOW
check "the WAN comes up" up a wan
now
info "it took $(((NOW - began) / 100)) tenths of a second"
wan_stays "no such name"
check "status says that it waits, and why" in_status site 'state waiting'
check "status says that the name does not resolve" in_status site 'the peer'\''s name "b.example" does not resolve'
check_equal "the tunnel's device is there" "192.168.8.1/30 up" "$(on a ip -o -4 addr show gre1 | awk '{ print $4 }') $(on a ip -o link show gre1 | grep -o -w UP | tr U u | tr P p)"
for address in 192.168.8.2 192.168.7.2 10.8.0.1; do check_not "nothing answers at $address" reaches $address; done
check_equal "no packet of a tunnel left" 0 "$(of_tunnel)"
up a once
check "who waits for it is told at once" grep -qF 'does not resolve' <(journal a | grep '"once"\|once' | tail -3)
check "it is down" is_down a once
pause 8

# --- a record comes back -----------------------------------------------------------------------------------
zone_is b "b.example 172.31.0.9" "c.example 172.31.0.10"
now
began=$NOW
check "the tunnel reaches the peer by itself" wait_until 70 reaches 192.168.8.2
now
info "it took $(((NOW - began) / 1000)) s"
check "so does the plain one" wait_until 70 reaches 192.168.7.2
wan_stays "the name came"
check_equal "the device has the address" "remote 172.31.0.9" "$(on a ip -d -o link show gre1 | grep -o 'remote [^ ]*')"
check_equal "nothing went in clear text to the peer" 0 "$(frames a eth0 out 'ip proto 47 and dst host 172.31.0.9')"
check_equal "there is a barrier" 2 "$(barriers a)"

# --- the name server hangs ---------------------------------------------------------------------------------
name_server_hangs b
go down a site
go down a plain
join
check "the WAN goes down" down a wan
now
began=$NOW
check "the WAN comes up without a name server" up a wan
now
info "it took $(((NOW - began) / 100)) tenths of a second"
wan_stays "no answer from the name server"
check "status says so" in_status site "does not resolve"
name_server_answers b
resolve_with a 172.31.0.53
check "the tunnel is back as soon as names resolve" wait_until 20 reaches 192.168.8.2
wan_stays "the name server answers again"

# --- the end -----------------------------------------------------------------------------------------------
go check "the tunnel goes down" down a site
go check "so does the plain one" down a plain
join
down a wan
expect_clean a
