# SPDX-License-Identifier: GPL-2.0-or-later
# What nm-gre peer prints is run on the other host as it is: NetworkManager with the plugin, NetworkManager's own
# ip-tunnel with strongSwan, iproute2 with strongSwan, systemd-networkd with strongSwan. With raw keys one is missing
# in it, the other host's private one.
# timeout: 400
# file: ../../data/certificates
formats='ip-tunnel nmcli iproute2 networkd'
declare -A host=([nmcli]=n [ip-tunnel]=n [iproute2]=i [networkd]=i) number=([nmcli]=2 [ip-tunnel]=3 [iproute2]=4 [networkd]=5)
host_new a n i
switch sw a eth0 n eth0 i eth0
options=(ipsec=psk ipsec-psk='fondue, "moitié" \ moitié' ipsec-local-id=site-a ipsec-esp-proposals=aes256gcm16)
for format in $formats; do
    keyfile a "$format" vpn.persistent=true remote=172.31.0.${number[$format]} key=${number[$format]} \
        "${options[@]//\\/\\\\}" ipv4.address1=10.0.${number[$format]}.1/30
done
cp -r "$vm/certificates" "$(inside a /etc/keys)"
keyfile a raw vpn.persistent=true remote=172.31.0.6 key=6 ipsec=pubkey ipsec-private-key=/etc/keys/a-ed.key \
    ipsec-remote-pubkey="$(tr '\n' ' ' <"$vm/certificates/b-ed.pub" | sed 's/ $//')" ipv4.address1=10.0.6.1/30
sh_on a 'ip addr add 10.1.0.1/24 dev lo'
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile n wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24,172.31.0.1 \
    ipv4.address2=172.31.0.3/24
# networkd takes a device for its own once udev has seen it, or where there can be no udev.
sh_on i 'for n in 4 5 6; do ip addr add 172.31.0.$n/24 dev eth0; done; ip link set eth0 up
    mount -t sysfs -o ro sysfs /sys; mkdir -p /run/systemd/netif'
bus_start i
background i networkd.log /lib/systemd/systemd-networkd
for name in a n; do go service_start $name; done
join
go nm_start a n
go charon_start a n i
join
for name in a n; do go check "the WAN is up on $name" wait_until "$PATIENCE" is_up $name wan; done
join
sniff_start a eth0
for format in $formats raw; do go check "$format: the tunnel is up and waits for its peer" up a "$format"; done
join

apply() { # FORMAT: the script, made on a, runs on the other host
    on a nm-gre peer "$1" --format "$1" --name "a-$1" --network 10.1.0.0/24 --show-secrets >"$hosts/a/$1.sh" || return 1
    sh_on "${host[$1]}" "sh $hosts/a/$1.sh"
}
go eval 'check "iproute2: the script runs on the peer" apply iproute2; check "networkd: the script runs on the peer" apply networkd'
check "ip-tunnel: the script runs on the peer" apply ip-tunnel
check "nmcli: the script runs on the peer" apply nmcli
join
reaches() { on "$1" ping -q -c 1 -W 1 "${@:2}"; }
for format in $formats; do
    go check "$format: a reaches the peer" wait_until "$PATIENCE" reaches a 10.0.${number[$format]}.2
    go check "$format: the peer has a route to the network behind a" \
        sh_on ${host[$format]} "ip route show 10.1.0.0/24 | grep ."
done
join
for format in ip-tunnel iproute2 networkd; do
    check_equal "$format: the MTU that AES-GCM and a key leave" 1438 \
        "$(on ${host[$format]} cat "/sys/class/net/a-$format/mtu")"
done
on a nm-gre peer raw --format iproute2 --name a-raw >"$hosts/a/raw.sh"
check_equal "raw keys: the script has no private key" 0 "$(grep -c 'PRIVATE KEY' "$hosts/a/raw.sh")"
check_not "raw keys: the script fails while the peer's key is missing" sh_on i "sh $hosts/a/raw.sh"
check_not "raw keys: the failed script left no tunnel" sh_on i "ip link show a-raw"
sh_on i "umask 077; cat >/etc/swanctl/private/a-raw-own.key" <"$vm/certificates/b-ed.key"
check "raw keys: the script runs once the key is there" sh_on i "sh $hosts/a/raw.sh"
check "raw keys: a reaches the peer" wait_until "$PATIENCE" reaches a 10.0.6.2
five() { [ "$(sa_count a child)" = 5 ]; } # where both ends began at once one more goes by itself
check "a has an SA with each peer" wait_until 15 five
check_equal "nm-gre peer prints no secret unless asked" 0 "$(on a nm-gre peer nmcli --format nmcli | grep -c moiti)"
check_equal "a setting that the format cannot express is an error" "nm-gre: key: MikroTik RouterOS doesn't support this, and both ends need it" \
    "$(on a nm-gre peer nmcli --format mikrotik 2>&1)"
check_equal "a profile that does not exist has exit status 3" 3 "$(on a nm-gre peer nosuch --format nmcli >/dev/null 2>&1; echo $?)"
expect_no_clear a eth0 "with five peers that nm-gre peer configures"
sniff_stop a eth0
