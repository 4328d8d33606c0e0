# SPDX-License-Identifier: GPL-2.0-or-later
# A server whose uplink NetworkManager does not manage: what doctor says of a VPN profile, the loopback interface as its
# base, and a native tunnel, which needs no base.
host_new a b
link a eth0 b eth0
for h in a b; do
    [ $h = a ] && me=1 peer=2 || me=2 peer=1
    sh_on $h "mkdir -p /etc/NetworkManager/conf.d
        printf '[keyfile]\nunmanaged-devices=interface-name:eth0\n' >/etc/NetworkManager/conf.d/uplink.conf
        ip addr add 172.31.0.$me/24 dev eth0; ip link set eth0 up; ip route add default via 172.31.0.$peer"
    keyfile $h vpn remote=172.31.0.$peer key=1 ipsec=psk ipsec-psk=raclette vpn.persistent=true \
        ipv4.address1=192.168.8.$me/30
    keyfile $h tun connection.type=ip-tunnel connection.interface-name=tun ip-tunnel.mode=2 ip-tunnel.local=172.31.0.$me \
        ip-tunnel.remote=172.31.0.$peer ip-tunnel.input-key=2 ip-tunnel.output-key=2 ipv4.address1=192.168.9.$me/30 \
        "connection.secondaries=$(uuid_of $h tun-ipsec);"
    keyfile $h tun-ipsec protects=tun ipsec=psk ipsec-psk=raclette vpn.persistent=true
done
sniff_start a eth0
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b

# --- a VPN profile -------------------------------------------------------------------------------------

check_not "a VPN profile has no base connection" up a vpn
check "NetworkManager says so" grep -q "Could not find source connection" "$hosts/a/up.vpn"
said=$(on a nm-gre doctor --json vpn | tr -d '\n')
[[ $said == *no-base-connection*eth0*'nmcli connection up vpn ifname lo'* ]] &&
    ok "doctor finds it, with the command" || bad "doctor says: $said"
for h in a b; do go up $h vpn ifname lo; done
check "on the loopback interface it comes up" join
check "pings pass through it" on a ping -c 3 -i 0.3 -W 5 192.168.8.2
check_equal "nothing but the tunnel's route is added" "" "$(on a ip -o route show proto static | grep -v 'dev nmgre')"
check_not "doctor has no finding of it now" eval "on a nm-gre doctor --json vpn | grep -q no-base-connection"

# --- a native tunnel -----------------------------------------------------------------------------------

check "the native tunnel has come up by itself" wait_until 60 is_up a tun
traffic_start a 192.168.9.2
check "traffic flows through it" traffic_flows a 192.168.9.2 40
traffic_stop a 192.168.9.2

nm_stop a
nm_start a
check "the VPN profile is up again after a restart of NetworkManager" wait_until 60 is_up a vpn
check "the native tunnel is up after a restart of NetworkManager" wait_until 60 is_up a tun
expect_no_clear a eth0 "with an unmanaged uplink"
check_number "the traffic was ESP" "$ESP_OUT" -ge 3
