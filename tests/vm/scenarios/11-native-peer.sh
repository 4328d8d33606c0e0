# SPDX-License-Identifier: GPL-2.0-or-later
# Ours at one end, at the other NetworkManager's own ip-tunnel profiles, without IPsec, so that the wire shows
# which key each packet carries: eight tunnels between the same two hosts.
tunnels='none one two quad parent mine theirs six'
host_new a b
link a eth0 b eth0

native() { # NAME MODE INNER KEY=VALUE…: one of b's profiles, as a keyfile that comes up by itself
    local name=$1 mode=$2 inner=$3
    shift 3
    sh_on b "umask 077; cat >/etc/NetworkManager/system-connections/$name.nmconnection" <<EOC
[connection]
id=$name
type=ip-tunnel
interface-name=$name
uuid=$(cat /proc/sys/kernel/random/uuid)
autoconnect=$([ "$name" = nolocal6 ] && echo false || echo true)
[ip-tunnel]
mode=$mode
$(printf '%s\n' "$@")
[ipv4]
method=manual
address1=$inner
[ipv6]
method=disabled
EOC
}
GRE=2 IP6GRE=8
native none $GRE 192.168.100.2/30 local=172.31.0.2 remote=172.31.0.1
native one $GRE 192.168.101.2/30 local=172.31.0.2 remote=172.31.0.1 input-key=42 output-key=42
native two $GRE 192.168.102.2/30 local=172.31.0.2 remote=172.31.0.1 input-key=5678 output-key=1234
native quad $GRE 192.168.103.2/30 local=172.31.0.2 remote=172.31.0.1 input-key=167772167 output-key=167772167
native parent $GRE 192.168.104.2/30 local=172.31.0.2 remote=172.31.0.1 input-key=44 output-key=44 parent=eth0
native mine $GRE 192.168.105.2/30 local=172.31.0.2 remote=172.31.0.1 input-key=45 output-key=45
native theirs $GRE 192.168.106.2/30 remote=172.31.0.1 input-key=46 output-key=46
native six $IP6GRE 192.168.107.2/30 local=fd31::2 remote=fd31::1
native other $GRE 192.168.108.2/30 local=172.31.0.2 remote=172.31.0.1 input-key=92 output-key=91
native nolocal6 $IP6GRE 192.168.109.2/30 remote=fd31::1
service_start a
nm_start a b
go wan a eth0 172.31.0.1/24 172.31.0.2 fd31::1/64 fd31::2
go wan b eth0 172.31.0.2/24 172.31.0.1 fd31::2/64 fd31::1
join
four=(remote=172.31.0.2)
go profile a none ifname=none "${four[@]}" local=172.31.0.1 ipv4.addresses=192.168.100.1/30
go profile a one ifname=one "${four[@]}" local=172.31.0.1 key=42 ipv4.addresses=192.168.101.1/30
go profile a two ifname=two "${four[@]}" local=172.31.0.1 input-key=1234 output-key=5678 ipv4.addresses=192.168.102.1/30
go profile a quad ifname=quad "${four[@]}" local=172.31.0.1 key=10.0.0.7 ipv4.addresses=192.168.103.1/30
go profile a parent ifname=parent "${four[@]}" local=172.31.0.1 key=44 parent=eth0 ipv4.addresses=192.168.104.1/30
go profile a mine ifname=mine "${four[@]}" key=45 ipv4.addresses=192.168.105.1/30
go profile a theirs ifname=theirs "${four[@]}" key=0x2e ip4=192.168.106.1/30
go profile a six ifname=six remote=fd31::2 ipv4.addresses=192.168.107.1/30
go profile a other ifname=other "${four[@]}" key=91 ipv4.addresses=192.168.108.1/30
go snapshot a
join
sniff_start a eth0
has_address() { on b ip -o -4 addr show dev "$1" up | grep inet; }
# A few at a time: NetworkManager starts a program for each, and gives up after 5 s on a machine that is too busy.
begun=0
for tunnel in $tunnels other; do
    go check "$tunnel comes up on a" up a "$tunnel"
    go check "$tunnel is up on b" wait_until "$PATIENCE" has_address "$tunnel"
    [ $((++begun % 3)) -ne 0 ] || join
done

# --- what the kernel has ---------------------------------------------------------------------------

on a ip -d -o link show >/tmp/links
device() { # NAME: what it is, in the kernel's words
    sed -n "s/^[0-9]*: \($1@[^:]*\):.*> mtu \([0-9]*\) .*\(gre remote [^ ]* local [^ ]*\)\( dev [^ ]*\)\?.*/\1 \2 \3\4/p" /tmp/links
}
keys() { grep "^[0-9]*: $1@" /tmp/links | grep -o '[io]key [0-9.]*' | tr '\n' ' '; }
pair='gre remote 172.31.0.2 local 172.31.0.1'
check_equal "none: the device has the addresses and the MTU of plain GRE" "none@NONE 1476 $pair" "$(device none)"
check_equal "one: a key takes 4 bytes of the MTU" "one@NONE 1472 $pair" "$(device one)"
check_equal "parent: the device is bound to its parent" "parent@eth0 1472 $pair dev eth0" "$(device parent)"
check_equal "mine: the device has a local address though the profile has none" "mine@NONE 1472 $pair" "$(device mine)"
check_equal "six: the device has the MTU of GRE over IPv6" "six@NONE 1456 gre remote fd31::2 local fd31::1" "$(device six)"
check_equal "two: the device has both keys" "ikey 0.0.4.210 okey 0.0.22.46 " "$(keys two)"
check_equal "quad: a key can be a dotted quad" "ikey 10.0.0.7 okey 10.0.0.7 " "$(keys quad)"
check_equal "theirs: a key can be hexadecimal" "ikey 0.0.0.46 okey 0.0.0.46 " "$(keys theirs)"
check_equal "none: the device has no key" "" "$(keys none)"

# --- traffic ---------------------------------------------------------------------------------------

number=100
for tunnel in $tunnels; do
    go check "$tunnel: a reaches b" on a ping -q -c 1 -W 5 192.168.$number.2
    go check "$tunnel: b reaches a" on b ping -q -c 1 -W 5 192.168.$number.1
    number=$((number + 1))
done
join
# Each of the two pings is a packet in each direction.
with_key() { echo "ip proto 47 and ip[20] & 0x20 != 0 and ip[24:4] = $1"; }
carries() { # TUNNEL KEY-OUT KEY-IN
    check_number "$1: packets leave with key $2" "$(frames a eth0 out "$(with_key "$2")")" -ge 2
    check_number "$1: packets enter with key $3" "$(frames a eth0 in "$(with_key "$3")")" -ge 2
}
carries one 42 42
carries two 5678 1234
check_equal "two: no packet has the key of the other direction" "0 0" \
    "$(frames a eth0 out "$(with_key 1234)") $(frames a eth0 in "$(with_key 5678)")"
carries quad 167772167 167772167
carries parent 44 44
carries mine 45 45
carries theirs 46 46
check_number "none: packets leave without a key" "$(frames a eth0 out 'ip proto 47 and ip[20:2] = 0')" -ge 2
check_number "six: GRE follows the IPv6 header directly" "$(frames a eth0 out 'ip6 proto 47')" -ge 2
counts a eth0 "in all"
check_equal "no ESP is sent" "0 0" "$ESP_OUT $ESP_IN"

# Keys that differ: packets leave, and nobody takes them.
check_not "other: tunnels with different keys pass no traffic" on a ping -q -c 2 -i 0.2 -W 1 192.168.108.2
check_number "other: packets left with a's key" "$(frames a eth0 out "$(with_key 91)")" -ge 2
check_equal "other: b's tunnel received none" 0 "$(device_packets b other rx)"

# NetworkManager's own ip6gre needs local.
check_not "a native ip6gre tunnel without local fails" up b nolocal6
check "NetworkManager asked the kernel for a tunnel that exists" grep -i 'nolocal6.*File exists' "$hosts/b/nm.log"
check_not "the failed tunnel left no device" on b ip link show nolocal6

# By UUID: for NetworkManager each device has a profile of its own, of the same name here, which nmcli would
# take down too, and sometimes instead.
mapfile -t vpns < <(on a nmcli -t -f TYPE,UUID con show --active | sed -n 's/^vpn://p')
check_equal "nine tunnels are up" 9 "${#vpns[@]}"
check "all nine go down" on a nmcli -w 60 con down "${vpns[@]}"
expect_clean a
sniff_stop a eth0
