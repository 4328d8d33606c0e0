# SPDX-License-Identifier: GPL-2.0-or-later
# What nm-gre peer prints for a tunnel with mode=xfrm is run on the other host as it is: NetworkManager with the plugin,
# an XFRM interface with strongSwan, a VTI with strongSwan, strongSwan by policies alone.
# long
# timeout: 400
formats='nmcli xfrm vti swanctl'
declare -A host=([nmcli]=n [xfrm]=i [vti]=i [swanctl]=i) number=([nmcli]=2 [xfrm]=3 [vti]=4 [swanctl]=5)
host_new a n i
switch sw a eth0 n eth0 i eth0
for format in $formats; do
    n=${number[$format]} networks=()
    [ $format != swanctl ] || networks=(local-networks=10.0.5.0/30 remote-networks=10.5.0.0/24 ipv4.route1=10.5.0.0/24)
    keyfile a "$format" vpn.persistent=true ifname="x$format" mode=xfrm remote=172.31.0.$n ipsec=psk ipsec-psk=fondue \
        ipsec-local-id=site-a ipsec-esp-proposals=aes256gcm16 ipv4.address1=10.0.$n.1/30 "${networks[@]}"
done
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile n wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24,172.31.0.1
sh_on i 'for n in 3 4 5; do ip addr add 172.31.0.$n/24 dev eth0; done
    ip addr add 10.5.0.1/24 dev lo'
for name in a n; do go service_start $name; done
join
go nm_start a n
go charon_start a n i
join
sniff_start a eth0
for format in $formats; do go check "$format: the tunnel is up and waits for its peer" up a "$format"; done
join
check_equal "a format of GRE's is refused" "nm-gre: mode=xfrm: Linux with iproute2 and strongSwan doesn't support this, and both ends need it" \
    "$(on a nm-gre peer xfrm --format iproute2 2>&1)"
apply() { # FORMAT: the script, made on a, runs on the other host
    on a nm-gre peer "$1" --format "$1" --name "a-$1" --network 10.1.${number[$1]}.0/24 --show-secrets >"$hosts/a/$1.sh" || return 1
    sh_on "${host[$1]}" "sh $hosts/a/$1.sh"
}
for format in $formats; do check "$format: the script runs on the peer" apply $format; done
reaches() { on "$1" ping -q -c 1 -W 1 "${@:2}"; }
inside() { [ $1 = swanctl ] && echo 10.5.0.1 || echo 10.0.${number[$1]}.2; }
for format in $formats; do go check "$format: a reaches the peer" wait_until "$PATIENCE" reaches a $(inside $format); done
join
for format in $formats; do
    go check "$format: the peer reaches a" wait_until 20 reaches ${host[$format]} 10.0.${number[$format]}.1
done
join
check_equal "what is inside never passes in clear text" 0 "$(frames a eth0 out 'ip and net 10.0.0.0/8')"
for format in xfrm vti; do
    check_equal "$format: the peer has a route to the network behind a" "10.1.${number[$format]}.0/24 dev a-$format scope link " \
        "$(on i ip route show 10.1.${number[$format]}.0/24)"
    check_equal "$format: the MTU that AES-GCM leaves" 1446 "$(on i cat "/sys/class/net/a-$format/mtu")"
done
check_equal "strongSwan has made a route for policies alone" 10.0.5.0/30 "$(on i ip route show table 220 | cut -d ' ' -f 1)"
sniff_stop a eth0
