# SPDX-License-Identifier: GPL-2.0-or-later
# Native ip-tunnel profiles at both ends, each protected by a companion: the commands of docs/native-tunnels.md for
# gre, and keyfiles for ip6gre and for one without a local address. Up, traffic, the MTU, down, nothing left.
# timeout: 500
host_new a b
link a eth0 b eth0
GRE=2 IP6GRE=8
native() { # HOST NAME MODE LOCAL REMOTE INNER [KEY=VALUE…]: a tunnel and its companion; LOCAL - for none
    local host=$1 name=$2 mode=$3 more=()
    [ "$4" = - ] || more=("ip-tunnel.local=$4")
    keyfile "$host" "$name" connection.type=ip-tunnel connection.interface-name="$name" connection.autoconnect=false \
        "connection.secondaries=$(uuid_of "$host" "$name-ipsec");" ip-tunnel.mode="$mode" ip-tunnel.remote="$5" \
        ipv4.address1="$6" "${more[@]}" "${@:7}"
    keyfile "$host" "$name-ipsec" protects="$name" ipsec=psk ipsec-psk=raclette
}
native a six $IP6GRE fd31::101 fd31::102 192.168.1.0/31
native b six $IP6GRE fd31::102 fd31::101 192.168.1.1/31
native a open $GRE - 172.31.0.112 192.168.2.0/31 ip-tunnel.mtu=1476
native b open $GRE 172.31.0.112 172.31.0.101 192.168.2.1/31
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b
go wan a eth0 172.31.0.101/24 172.31.0.102 fd31::101/64 fd31::102
go wan b eth0 172.31.0.102/24 172.31.0.101 fd31::102/64 fd31::101
join
sh_on b 'ip addr add 172.31.0.112/24 dev eth0'
check_equal "a's barriers stand before any tunnel is up, two for each" 4 "$(barriers a)"
switches() { sh_on a 'cat /proc/$(pgrep -o -x nm-gre-service)/task/*/status' | awk '/ctxt_switches/ { n += $2 } END { print n }'; }
resting() { local before; before=$(switches); sleep 5; [ "$(switches)" = "$before" ]; }
check "the service does not wake up while it rests for 5 s" wait_until 30 resting

# --- as the README has it ----------------------------------------------------------------------------

block() { # HOST ME PEER INNER
    on "$1" nmcli con add con-name tun2b ifname tun2b type ip-tunnel mode gre remote "172.31.0.$3" local "172.31.0.$2" \
        ipv4.method manual ip4 "192.168.0.$4/31" ipv4.routes 192.168.20.0/24 ipv6.method disabled autoconnect no &&
        on "$1" nmcli con add con-name tun2b-ipsec type vpn vpn-type gre ifname '*' vpn.data "protects=tun2b, ipsec=psk" \
            vpn.secrets "ipsec-psk=raclette" ipv4.method disabled ipv6.method disabled &&
        on "$1" nmcli con modify tun2b connection.secondaries tun2b-ipsec
}
go block a 101 102 0
go block b 102 101 1
join
six() { [ "$(barriers a)" = 6 ]; }
check "a new tunnel's barriers stand as soon as its profile is there" wait_until 5 six
snapshot a
snapshot b
sniff_start a eth0
for tunnel in tun2b six open; do
    go check "$tunnel comes up on a" up a $tunnel
    go check "$tunnel comes up on b" up b $tunnel
done
join
for h in a b; do
    for tunnel in tun2b six open; do
        check_equal "$tunnel and its companion are active on $h" "activated activated" "$(state $h $tunnel) $(state $h $tunnel-ipsec)"
    done
done
check "a reaches b through tun2b" on a ping -q -c 2 -i 0.3 -W 5 192.168.0.1
check "b reaches a through tun2b" on b ping -q -c 2 -i 0.3 -W 5 192.168.0.0
check "a reaches b through six" on a ping -q -c 2 -i 0.3 -W 5 192.168.1.1
check "a reaches b through open" on a ping -q -c 2 -i 0.3 -W 5 192.168.2.1
check_equal "there is one SA for each pair of addresses" "3 3" "$(sa_count a ike) $(sa_count a child)"
check_not "no route leads to the peer through its own tunnel" on a bash -c "ip route get 172.31.0.102 | grep -q tun2b"
expect_no_clear a eth0 "while traffic flows"

# --- what is told of it ----------------------------------------------------------------------------------

valid() { # HOST COMMAND…: whether what it prints is what the schema says
    on "$1" "${@:2}" >/tmp/status.json && python3 -c "import json, jsonschema
jsonschema.validate(json.load(open('/tmp/status.json')), json.load(open('/usr/share/nm-gre/nm-gre-status.schema.json')))"
}
nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
if python3 -c 'import jsonschema' 2>/dev/null; then
    check "nm-gre status --json is what its schema says" valid a nm-gre status --json
    check "nm-gre status --json is what its schema says for an ordinary user too" valid a $nobody nm-gre status --json
fi
value() { on a nm-gre status --json "$1" | sed -n "s/^ *\"$2\" *: \"\{0,1\}\([^\",]*\).*/\1/p"; } # TUNNEL KEY
check "nm-gre status has the SPI that the kernel has" eval "on a ip xfrm state | grep -q \"spi \$(value tun2b spi-in)\""
check_equal "nm-gre status has the barrier, the SA and the MTU" "true established 1442" "$(value tun2b barrier) $(value tun2b sa) $(value tun2b mtu)"
check_number "nm-gre status counts the bytes that left through the SA" "$(value tun2b sa-bytes-out)" -gt 100
check "nm-gre status tells an ordinary user that SPIs need root" eval "on a $nobody nm-gre status tun2b | grep -q 'needs root'"
check_equal "nm-gre status takes the companion's name" tun2b "$(value tun2b-ipsec id)"
figures() { # HOST: compares nm-gre metrics with the status before and after
    on "$1" nm-gre status --json >/tmp/before.json && on "$1" nm-gre metrics >/tmp/figures &&
        on "$1" nm-gre status --json >/tmp/after.json && "$vm/compare-metrics" /tmp/before.json /tmp/figures /tmp/after.json
}
figure() { on a nm-gre metrics | grep -q "^nm_gre_tunnel_$1{tunnel=\"$2\",[^}]*$3} $4\$"; } # NAME TUNNEL LABELS VALUE
if command -v python3 >/dev/null; then
    check "nm-gre metrics has what nm-gre status --json has, field by field" figures a
    check "nm-gre metrics has it of b too" figures b
fi
check "an SA that is up has an age" figure esp_age_seconds tun2b '' '[0-9]*'
check "an ordinary user gets no counters of the SA" eval "! on a $nobody nm-gre metrics | grep -q _sa_sent_bytes"

# --- the MTU -------------------------------------------------------------------------------------------

mtu() { on "$1" cat "/sys/class/net/$2/mtu"; }
check_equal "an MTU that no profile sets is what fits ESP" 1442 "$(mtu a tun2b)"
check "a packet of the MTU passes through tun2b" on a ping -q -c 1 -W 5 -M do -s $((1442 - 28)) 192.168.0.1
check_equal "over IPv6 the MTU leaves room for NetworkManager's encapsulation limit" 1414 "$(mtu a six)"
check "a packet of the MTU passes through six" on a ping -q -c 1 -W 5 -M do -s $((1414 - 28)) 192.168.1.1
check_equal "an MTU that the profile sets is kept" 1476 "$(mtu a open)"
check "the journal warns that this MTU is too big" eval "journal a | grep -q 'MTU of 1476 bytes is too large: only 1442 fit'"

# --- down --------------------------------------------------------------------------------------------

check "six goes down at b" down b six
check "a's figures say within a scrape that six has no SA" wait_until 15 figure state six ',state="seeking"' 1
check "six is still wanted at a" figure wanted six '' 1
check "the tunnel goes down" down a tun2b
check "its companion goes down with it" wait_until 10 is_down a tun2b-ipsec
go down a six
go down a open
for tunnel in tun2b open; do go down b $tunnel; done
check "all tunnels go down" join
check "a tunnel that was taken down is not wanted" figure wanted six '' 0
expect_clean a "only the barriers of the profiles are left"
expect_clean b "only the barriers of the profiles are left"
for tunnel in tun2b six open; do go on a nmcli con delete $tunnel $tunnel-ipsec; done
check "the profiles are deleted" join
none() { [ "$(barriers a)" = 0 ]; }
check "the barriers go with the profiles" wait_until 10 none
expect_no_clear a eth0 "from up to down"
check_not "no log has a secret" eval "cat $hosts/a/*.log | grep -q raclette"
