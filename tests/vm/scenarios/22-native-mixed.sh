# SPDX-License-Identifier: GPL-2.0-or-later
# A native tunnel with a companion at one end; at the other strongSwan with a hand-written swanctl.conf and a tunnel
# made with ip, and a VPN profile of ours, whose tunnel is ip6gre with two keys.
# timeout: 400
host_new a b c
switch net a eth0 b eth0 c eth0
native() { # NAME MODE LOCAL REMOTE INNER [KEY=VALUE…]
    keyfile a "$1" connection.type=ip-tunnel connection.interface-name="$1" connection.autoconnect=false \
        "connection.secondaries=$(uuid_of a "$1-ipsec");" ip-tunnel.mode="$2" ip-tunnel.local="$3" ip-tunnel.remote="$4" \
        ipv4.address1="$5" "${@:6}"
}
native plain 2 172.31.0.1 172.31.0.2 192.168.8.1/30 ip-tunnel.input-key=42 ip-tunnel.output-key=42
keyfile a plain-ipsec protects="$(uuid_of a plain)" ipsec=psk ipsec-psk=raclette ipsec-esp-proposals=aes128-sha1-modp1024 \
    ipsec-ike-proposals=aes128-sha1-modp1024
native ours 8 fd31::1 fd31::3 192.168.9.1/30 ip-tunnel.input-key=5678 ip-tunnel.output-key=1234
keyfile a ours-ipsec protects=ours ipsec=psk ipsec-psk=fondue ipsec-local-id=a@example.org ipsec-remote-id=c@example.org
keyfile c ours remote=fd31::1 ipsec=psk ipsec-psk=fondue ipsec-local-id=c@example.org ipsec-remote-id=a@example.org \
    encapsulation-limit=4 input-key=1234 output-key=5678 ipv4.address1=192.168.9.2/30
for end in a:1 c:3; do
    keyfile ${end%:*} wan connection.type=ethernet connection.interface-name=eth0 \
        ipv4.address1="172.31.0.${end#*:}/24,172.31.0.2" ipv6.address1="fd31::${end#*:}/64,fd31::2"
done
by_hand b peer 172.31.0.2 172.31.0.1 raclette {,esp_}proposals=aes128-sha1-modp1024
sh_on b 'ip addr add 172.31.0.2/24 dev eth0
    ip tunnel add plain mode gre local 172.31.0.2 remote 172.31.0.1 key 42 ttl 64
    ip addr add 192.168.8.2/30 dev plain
    sysctl -qw net.ipv6.conf.plain.disable_ipv6=1 # its first packets would be in clear
    ip link set plain up'
go charon_start a b c
go service_start a
go service_start c
join
nm_start a c
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
check "hosts see each other over IPv6 too" wait_until 20 on a ping -c 1 -W 1 fd31::3
snapshot a
sniff_start a eth0
go check "the tunnel to a plain strongSwan comes up" up a plain
go check "the tunnel to a VPN profile comes up" up a ours
go check "the VPN profile comes up on its host" up c ours
join
check "a reaches the plain strongSwan" on a ping -q -c 2 -i 0.3 -W 5 192.168.8.2
check "a reaches the VPN profile" on a ping -q -c 2 -i 0.3 -W 5 192.168.9.2
check "the VPN profile reaches a" on c ping -q -c 2 -i 0.3 -W 5 192.168.9.1
check "the SA has the profile's proposals" eval "on a swanctl --list-sas | grep -q 'ESP:AES_CBC-128/HMAC_SHA1_96'"
fits=$(on a cat /sys/class/net/plain/mtu)
check_equal "the MTU is what fits these proposals" 1430 "$fits"
check "a packet of the MTU passes" on a ping -q -c 1 -W 5 -M do -s $((fits - 28)) 192.168.8.2
expect_no_clear a eth0 "while traffic flows"
go down a plain
go down a ours
check "both tunnels go down" join
expect_clean a
