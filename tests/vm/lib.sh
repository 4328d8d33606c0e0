#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What scenarios are written with. guest.sh runs `lib.sh SCENARIO` in namespaces of its own; README.md lists
# the functions by purpose. All state is in files under /tmp/h/HOST, so that every function also works
# in the background and in subshells.
vm=/nm-gre-vm
hosts=/tmp/h
PATIENCE=90 # seconds for what has to happen and is not what is tested: slow machines are no failure
tools=/tmp/tools # in the hosts too, where $vm is not
service_program=$(sed -n 's/^program=//p' /usr/lib/NetworkManager/VPN/nm-gre-service.name 2>/dev/null)

# --- results ---------------------------------------------------------------------------------------

# Under emulation a program costs 45 ms to start: what is called often does without.
now() { NOW=${EPOCHREALTIME/./}; NOW=${NOW%???}; } # sets NOW, in milliseconds
elapsed() { # sets ELAPSED: seconds since the scenario's start, with a tenth
    local uptime
    read -r uptime _ </proc/uptime
    ELAPSED=$((10#${uptime/./} / 10 - 10#${START/./} / 10)) # both have two decimals
    printf -v ELAPSED '%3d.%d' $((ELAPSED / 10)) $((ELAPSED % 10))
}
exec {never}<> <(:) # nothing ever comes from there
pause() { read -rt "$1" -u "$never"; } # SECONDS
pause_for() { # MILLISECONDS
    local seconds
    printf -v seconds '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
    pause "$seconds"
}
line() { # the scenario's line that is being run
    local i
    for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
        [[ ${BASH_SOURCE[i]} == */scenarios/* ]] && { echo "${BASH_LINENO[i - 1]}"; return; }
    done
    echo '?'
}
report() { # STATUS TEXT: to the runner, and into the scenario's own log
    local text
    elapsed
    printf -v text '%s %s [%s] %s' "$1" "$SCENARIO" "$ELAPSED" "${*:2}"
    echo "$text"
    echo "@@$text" >&3
}
ok() { report 'ok  ' "$*"; : >/tmp/passed; }
bad() {
    report FAIL "$* (line $(line))"
    : >/tmp/failed
}
info() { report info "$*"; }
explain() { sed 's/^/@@     | /' >&3; }
# TEXT CMD…: one result; what the command printed is shown where it fails.
check() {
    local what=$1 output=/tmp/check.$BASHPID
    shift
    "$@" >"$output" 2>&1 && { ok "$what"; return 0; }
    bad "$what"
    tail -8 "$output" | tee /dev/stderr | explain
    return 1
}
check_not() { # TEXT CMD…: the same for a command that has to fail
    check "$1" negated "${@:2}"
}
negated() { ! "$@"; }
# TEXT EXPECTED FOUND
check_equal() {
    [ "$2" = "$3" ] && { ok "$1"; return 0; }
    bad "$1: expected '$2', found '$3'"
    return 1
}
# TEXT VALUE -eq|-ge|-le|-gt|-lt LIMIT: whole numbers
check_number() {
    [ "$2" "$3" "$4" ] 2>/dev/null && { ok "$1 ($2)"; return 0; }
    bad "$1: $2 is not $3 $4"
    return 1
}
wait_until() { # SECONDS CMD…: whether it succeeds within that time
    local end began output=/tmp/wait.$BASHPID
    now
    end=$((NOW + $1 * 1000))
    shift
    while :; do
        began=$NOW
        "$@" >"$output" 2>&1 && return 0
        now
        [ "$NOW" -lt "$end" ] || break
        pause_for $((200 + NOW - began)) # a look takes time from what is waited for: no more than half of it
        now
    done
    cat "$output"
    return 1
}
go() { "$@" & going+=($!); } # CMD…: beside what follows, until join
join() { # whether all that was started with go did well
    local pid status=0
    for pid in "${going[@]}"; do wait "$pid" || status=1; done
    going=()
    return $status
}

# --- hosts and cables ------------------------------------------------------------------------------

host_pid() { echo "$(<"$hosts/$1/pid")"; }
inside() { echo "/proc/$(host_pid "$1")/root$2"; } # HOST PATH: the same file, seen from here
host_new() { # HOST…: bare hosts, no daemons
    local name pid
    for name in "$@"; do
        mkdir -p "$hosts/$name/fs"
        unshare --mount --net --pid --ipc --uts --fork --kill-child --propagation private \
            bash "$vm/host.sh" "$name" "$hosts/$name/fs" </dev/null 3>&- >"$hosts/$name/host.log" 2>&1 &
        echo $! >"$hosts/$name/unshare"
    done
    for name in "$@"; do
        wait_until "$PATIENCE" test -e "$hosts/$name/ready" || { bad "host $name does not start"; return 1; }
        pid=$(cat "$hosts/$name/unshare")
        awk '{ print $1 }' "/proc/$pid/task/$pid/children" >"$hosts/$name/pid"
    done
}
host_destroy() { # HOST…: as if its power were cut
    local name
    for name in "$@"; do
        kill -KILL "$(cat "$hosts/$name/unshare")"
        mv "$hosts/$name" "$hosts/.gone-$name-$RANDOM"
    done
}
on() { # HOST CMD…: run there
    local pid
    read -r pid <"$hosts/$1/pid" || return 1
    nsenter -t "$pid" -m -n -p -i -u -- "${@:2}"
}
sh_on() { on "$1" bash -c "${*:2}"; }
background() { # HOST LOG CMD…: a daemon there, its output in the host's LOG
    local host=$1 log=$hosts/$1/$2
    shift 2
    on "$host" setsid "$@" </dev/null 3>&- >>"$log" 2>&1 &
}
alive() { on "$1" pgrep -x "$2" >/dev/null; } # HOST PROCESS (15 characters at most)
end() {                                      # HOST SIGNAL PROCESS: sends it and waits for the end
    on "$1" pkill "-$2" -x "$3" || return 1
    wait_until "$PATIENCE" negated alive "$1" "$3"
}
link() { # HOST1 IF1 HOST2 IF2: a cable between two hosts
    ip link add "$2" netns "$(host_pid "$1")" type veth peer name "$4" netns "$(host_pid "$3")"
    on "$1" ip link set "$2" up
    on "$3" ip link set "$4" up
}
link_cut() { on "$1" ip link set "$2" down; } # HOST IF: as if the cable were pulled, at that end
link_mend() { on "$1" ip link set "$2" up; }
switch() { # NAME HOST IF [HOST IF…]: all on one wire; NAME is a host of its own, its ports p1 p2 …
    local name=$1 port=0
    shift
    host_new "$name"
    on "$name" ip link add br0 type bridge
    on "$name" ip link set br0 up
    while [ $# -gt 1 ]; do
        port=$((port + 1))
        link "$name" "p$port" "$1" "$2"
        on "$name" ip link set "p$port" master br0
        shift 2
    done
}
router() { # NAME [IF ADDRESS/LENGTH…]: forwards between its cables, which are plugged in before
    local name=$1
    shift
    on "$name" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    while [ $# -gt 1 ]; do
        on "$name" ip addr add "$2" dev "$1"
        on "$name" ip link set "$1" up
        shift 2
    done
}

# --- NetworkManager --------------------------------------------------------------------------------

bus_start() { # HOST: once, whoever asks first
    if mkdir "$hosts/$1/dbus.started" 2>/dev/null; then
        sh_on "$1" 'rm -f /run/dbus/pid; dbus-uuidgen >/etc/machine-id'
        background "$1" journal.log $tools/journal
        background "$1" dbus.log dbus-daemon --system --nofork --nopidfile --nosyslog
    fi
    wait_until "$PATIENCE" test -S "$(inside "$1" /run/dbus/system_bus_socket)" || bad "no bus on $1"
}
nm_start() { # HOST…: all at once
    local name pids=()
    for name in "$@"; do nm_start_one "$name" & pids+=($!); done
    wait "${pids[@]}"
}
nm_starts() { grep -c 'startup complete' "$hosts/$1/nm.log"; }
nm_conf() { # HOST
    sh_on "$1" 'cat >/etc/NetworkManager/NetworkManager.conf' <<'EOC'
[main]
plugins=keyfile
no-auto-default=*
auth-polkit=false
dns=none
rc-manager=unmanaged
[logging]
level=INFO
domains=ALL,VPN:DEBUG
EOC
}
nm_start_one() {
    local before
    bus_start "$1"
    nm_conf "$1"
    # A look at the log costs less than asking with nmcli, which takes half a second here.
    : >>"$hosts/$1/nm.log"
    before=$(nm_starts "$1")
    background "$1" nm.log NetworkManager --debug
    wait_until "$PATIENCE" eval "[ \$(nm_starts $1) -gt $before ]" ||
        bad "NetworkManager does not start on $1"
}
nm_stop() { end "$1" TERM NetworkManager; }
nm_kill() { end "$1" KILL NetworkManager; }
wan() { # HOST IF ADDRESS/LENGTH [GATEWAY] [ADDRESS6/LENGTH [GATEWAY6]]: - for one that there is not
    local host=$1 name=$2 args=()
    [ "${3:--}" = - ] || args+=(ipv4.method manual ipv4.addresses "$3")
    [ "${3:--}" != - ] || args+=(ipv4.method disabled)
    [ "${4:--}" = - ] || args+=(ipv4.gateway "$4")
    [ "${5:--}" = - ] || args+=(ipv6.method manual ipv6.addresses "$5")
    [ "${5:--}" != - ] || args+=(ipv6.method disabled)
    [ "${6:--}" = - ] || args+=(ipv6.gateway "$6")
    on "$host" nmcli con add type ethernet con-name "wan-$name" ifname "$name" "${args[@]}" &&
        on "$host" nmcli -w "$PATIENCE" con up "wan-$name" || bad "the WAN of $host does not come up"
}
# HOST NAME KEY=VALUE…: a GRE profile. A key with a dot is NetworkManager's own (ipv4.addresses), the
# others are ours; a family nothing is said about is disabled.
profile() {
    local host=$1 name=$2 pair key value data='' secrets='' four=disabled six=disabled args=()
    shift 2
    for pair in "$@"; do
        key=${pair%%=*} value=${pair#*=}
        case $key in
            ipv4.method) four='' ;;
            ipv6.method) six='' ;;
            ipv4.addresses) four=${four:+manual} ;;
            ipv6.addresses) six=${six:+manual} ;;
            ip4) four=${four:+auto} ;;
            ip6) six=${six:+auto} ;;
        esac
        case $key in
            *.*) args+=("$key" "$value") ;;
            ipsec-psk | ipsec-private-key-password) secrets+="${secrets:+, }$key=$(escaped "$value")" ;;
            *) data+="${data:+, }$key=$(escaped "$value")" ;;
        esac
    done
    on "$host" nmcli con add type vpn vpn-type gre con-name "$name" vpn.data "$data" \
        ${secrets:+vpn.secrets "$secrets"} ${four:+ipv4.method "$four"} ${six:+ipv6.method "$six"} "${args[@]}"
}
uuid_of() { echo "$1 $2" | md5sum | sed 's/\(.\{8\}\)\(....\)\(....\)\(....\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'; } # HOST NAME
# HOST NAME KEY=VALUE…: a profile as a file, for before NetworkManager starts; nmcli takes a second for each.
# Keys are keyfile's: a dot parts section and key (ipv4.address1); without one it is a key of ours.
keyfile() {
    local host=$1 name=$2 pair key section
    local -A text=([connection]="id=$2"$'\n'"uuid=$(uuid_of "$1" "$2")"$'\n' [ipv4]='' [ipv6]='')
    shift 2
    for pair in "$@"; do
        key=${pair%%=*}
        case $key in
            *.*) section=${key%%.*} pair=${pair#*.} ;;
            ipsec-psk | ipsec-private-key-password) section=vpn-secrets ;;
            *) section=vpn ;;
        esac
        text[$section]+=$pair$'\n'
    done
    [ -z "${text[vpn]:-}" ] || text[vpn]+=service-type=org.freedesktop.NetworkManager.gre$'\n' text[connection]+=type=vpn$'\n'
    [[ ${text[ipv4]} == *method=* ]] || text[ipv4]+=method=$([ -z "${text[ipv4]}" ] && echo disabled || echo manual)$'\n'
    [[ ${text[ipv6]} == *method=* ]] || text[ipv6]+=method=$([ -z "${text[ipv6]}" ] && echo disabled || echo manual)$'\n'
    for section in "${!text[@]}"; do printf '[%s]\n%s\n' "$section" "${text[$section]}"; done |
        sh_on "$host" "umask 077; mkdir -p /etc/NetworkManager/system-connections
            cat >/etc/NetworkManager/system-connections/$name.nmconnection"
}
escaped() { printf '%s' "$1" | sed 's/[\\,]/\\&/g'; }
up() { # HOST NAME [nmcli's further words]: its output is kept for reason()
    on "$1" nmcli -w "${UP_SECONDS:-90}" con up "${@:2}" 2>&1 | tee "$hosts/$1/up.$2"
    return "${PIPESTATUS[0]}"
}
down() { on "$1" nmcli -w "$PATIENCE" con down "${@:2}"; } # HOST NAME, or HOST uuid UUID
state() { # HOST NAME: activated, activating, deactivating, or nothing
    on "$1" nmcli -t -f NAME,STATE con show --active | sed -n "s/^$2://p"
}
is_up() { [ "$(state "$1" "$2")" = activated ]; }
is_down() { [ -z "$(state "$1" "$2")" ]; }
reason() { # HOST NAME: the failure as the service told it (login-failed, connect-failed, bad-ip-config), then nmcli's words
    local told
    told=$(grep -F ",\"$2\"" "$hosts/$1/nm.log" | sed -n 's/.*failure: \([a-z-]*\).*/\1/p' | tail -1)
    echo "${told:-none}: $(grep -s Error: "$hosts/$1/up.$2" | tail -1)"
}

# --- strongSwan ------------------------------------------------------------------------------------

charon_start() { # HOST…: as the distribution's unit does, with its load-all afterwards
    local name pids=()
    for name in "$@"; do charon_start_one "$name" & pids+=($!); done
    wait "${pids[@]}"
}
charon_conf() { # HOST [DAEMON]
    sh_on "$1" "cat >/etc/strongswan.d/zz-test.conf" <<EOC
${2:-charon-systemd} {
    # What no scenario uses: the self tests alone take half a minute under emulation.
    plugins {
$(for p in test-vectors tpm ldap pkcs11 forecast dhcp farp ha led unity addrblock af-alg eap-{aka,gtc,identity,md5,radius,tls,tnc,ttls} tnc-tnccs xauth-{eap,pam}; do echo "        $p { load = no }"; done)
    }
    filelog {
        test {
            path = $hosts/$1/charon.log
            append = yes
            flush_line = yes
            time_format = %H:%M:%S
            default = 1
        }
    }
}
EOC
}
charon_start_one() {
    charon_conf "$1"
    # A socket that a killed daemon left behind says nothing.
    sh_on "$1" 'rm -f /run/charon.vici'
    background "$1" charon.out charon-systemd
    wait_until "$PATIENCE" test -S "$(inside "$1" /run/charon.vici)" || { bad "strongSwan does not start on $1"; return 1; }
    on "$1" swanctl --load-all --noprompt
}
charon_stop() { end "$1" TERM charon-systemd; }
charon_kill() { end "$1" KILL charon-systemd; }
swanctl_conf() { sh_on "$1" "cat >/etc/swanctl/conf.d/$2.conf"; } # HOST NAME, text on stdin
# HOST NAME LOCAL REMOTE PSK [KEY=VALUE…]: a connection for GRE by somebody who wrote it by hand, NAME its child's
# name too. Keys: id (LOCAL, if not given), version, proposals, esp_proposals, start_action. The protocol is a
# number: its name needs /etc/protocols, which a small installation lacks.
by_hand() {
    local id=$3 version=2 proposals='' esp_proposals='' start_action=none
    [ $# -eq 5 ] || local "${@:6}"
    swanctl_conf "$1" "$2" <<EOC
connections { $2 { version = $version
    local_addrs = $3
    remote_addrs = $4
    ${proposals:+proposals = $proposals}
    local { auth = psk
        id = $id }
    remote { auth = psk
        id = $4 }
    children { $2 { mode = transport
        local_ts = dynamic[47]
        remote_ts = dynamic[47]
        ${esp_proposals:+esp_proposals = $esp_proposals}
        start_action = $start_action } } } }
secrets { ike-$2 { id-1 = $id
    id-2 = $4
    id-3 = $3
    secret = $5 } }
EOC
}
sa_count() { # HOST ike|child
    local what=child
    [ "$2" = ike ] && what=ike
    on "$1" swanctl --list-sas --raw | grep -c "state=$([ $what = ike ] && echo ESTABLISHED || echo INSTALLED)"
}

# --- other makes, unpacked by tests/setup ------------------------------------------------------------

others=/var/cache/nm-gre-tests
other_libraries() { echo "$others/$1/tree/usr/lib/$(uname -m)-linux-gnu"; } # MAKE
libreswan() { # HOST CMD…: with its libraries, and its NSS's tools
    on "$1" env LD_LIBRARY_PATH="$(other_libraries libreswan)" PATH="$others/libreswan/tree/usr/bin:$PATH" "${@:2}"
}
libreswan_start() { # HOST [SHELL]: Libreswan, after what is to be done to its NSS database before
    cat >"$hosts/$1/libreswan.sh" <<EOC
tree=$others/libreswan/tree
mkdir -p /usr/libexec/ipsec /etc/ipsec.d /run/pluto /var/lib/ipsec/nss
mount --bind "\$tree/usr/libexec/ipsec" /usr/libexec/ipsec
cp "\$tree/usr/sbin/ipsec" /usr/sbin/ipsec
cp "\$tree/etc/ipsec.conf" "\$tree/etc/ipsec.secrets" /etc/
ipsec initnss --nssdir /var/lib/ipsec/nss >/dev/null
${2:-}
exec /usr/libexec/ipsec/pluto --config /etc/ipsec.conf --nofork --nssdir /var/lib/ipsec/nss --logfile $hosts/$1/pluto.log
EOC
    libreswan "$1" setsid bash "$hosts/$1/libreswan.sh" </dev/null 3>&- >>"$hosts/$1/pluto.out" 2>&1 &
    wait_until "$PATIENCE" libreswan "$1" ipsec whack --status || bad "Libreswan does not start on $1"
}
starter_start() { # HOST: strongSwan as it was before swanctl, with ipsec.conf and ipsec.secrets that are there
    charon_conf "$1" charon
    sh_on "$1" "cp -rn $others/starter/tree/usr/lib/ipsec/. /usr/lib/ipsec && cp -rn $others/starter/tree/etc/. /etc &&
        cp $others/starter/tree/usr/sbin/ipsec /usr/sbin"
    background "$1" starter.out /usr/lib/ipsec/starter --nofork
    wait_until "$PATIENCE" on "$1" ipsec status || bad "strongSwan's starter does not start on $1"
}
frr_start() { # HOST, configuration on stdin: FRR's zebra and ospfd
    local tree=$others/frr/tree daemon
    sh_on "$1" "mkdir -p /run/frr /var/tmp/frr; cat >/run/frr/frr.conf; cp -rn $tree/etc/. /etc
        echo frr:x:990:990::/:/bin/false >>/etc/passwd; printf '%s\n' frr:x:990: frrvty:x:991:frr >>/etc/group
        chown -R 990:990 /run/frr"
    for daemon in zebra ospfd; do
        background "$1" frr.log env LD_LIBRARY_PATH="$(other_libraries frr):$(other_libraries frr)/frr" \
            "$tree/usr/lib/frr/$daemon" -f /run/frr/frr.conf --log stdout
        wait_until "$PATIENCE" test -S "$(inside "$1" /run/frr/$daemon.vty)" || bad "FRR's $daemon does not start on $1"
    done
}
vtysh() { # HOST COMMAND
    on "$1" env LD_LIBRARY_PATH="$(other_libraries frr):$(other_libraries frr)/frr" \
        "$others/frr/tree/usr/bin/vtysh" -c "$2"
}

# --- the service -----------------------------------------------------------------------------------

service_start() { # HOST [ARGUMENT…]: as the unit does it, before NetworkManager
    bus_start "$1"
    background "$1" service.log env NM_VPN_LOG_LEVEL=7 "$service_program" --debug --persist "${@:2}"
    wait_until "$PATIENCE" service_answers "$1" || { bad "the service does not start on $1"; return 1; }
}
service_answers() {
    on "$1" dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.GetNameOwner string:org.freedesktop.NetworkManager.gre
}
service_stop() { end "$1" TERM nm-gre-service; }
service_kill() { end "$1" KILL nm-gre-service; }
journal() { # HOST: all that the service said, whoever started it: to stderr where service_start did, else to the journal
    cat "$hosts/$1/service.log" 2>/dev/null
    grep -s '^nm-gre-service ' "$hosts/$1/journal.log"
}

# --- the wire --------------------------------------------------------------------------------------

sniff_start() { # HOST IF
    local file=$hosts/$1/$2
    rm -f "$file".{pcap,err,seen}
    on "$1" cat "/sys/class/net/$2/address" >"$file.mac"
    background "$1" "$2.err" tcpdump -i "$2" -Z root -nn -U --immediate-mode -s 300 -B 8192 -w "$file.pcap"
    wait_until "$PATIENCE" grep -q listening "$file.err" || bad "no capture on $1 $2"
}
sniff_stop() { # HOST IF: a capture that lost packets proves nothing, so that is a failure
    on "$1" pkill -INT -f -- "-i $2 -Z root"
    wait_until "$PATIENCE" grep -q "dropped by kernel" "$hosts/$1/$2.err"
    grep -q '^0 packets dropped by kernel' "$hosts/$1/$2.err" || bad "the capture on $1 $2 lost packets"
}
packet_filter() { # clear|esp|ike
    local ports='udp port 4500'
    case $1 in
        # protochain looks behind IPv6 extension headers (the tunnel encapsulation limit)
        clear) echo '(ip proto 47 or ip6 protochain 47)' ;;
        # an IKE message on port 4500 begins with four zero bytes, a keep-alive is one byte
        esp) echo "(ip proto 50 or ip6 protochain 50 or
                    (ip and $ports and udp[4:2] > 12 and udp[8:4] != 0) or
                    (ip6 and $ports and ip6[44:2] > 12 and ip6[48:4] != 0))" ;;
        ike) echo "(udp port 500 or (ip and $ports and udp[8:4] = 0) or (ip6 and $ports and ip6[48:4] = 0))" ;;
    esac
}
packets() { # HOST IF clear|esp|ike out|in: how many, since sniff_start
    local side=src count
    [ "$4" = in ] && side=dst
    tcpdump --count -r "$hosts/$1/$2.pcap" "ether $side $(<"$hosts/$1/$2.mac") and $(packet_filter "$3")" 2>/dev/null |
        { read -r count _ && echo "$count"; }
}
frames() { # HOST IF out|in FILTER…: how many that tcpdump's filter takes, since sniff_start
    local side=src
    [ "$3" = in ] && side=dst
    pause 0.3
    tcpdump -nn -t -q -r "$hosts/$1/$2.pcap" "ether $side $(<"$hosts/$1/$2.mac") and (${*:4})" 2>/dev/null | wc -l
}
# HOST IF [LABEL]: sets CLEAR_OUT CLEAR_IN ESP_OUT ESP_IN, counted since the last call; LABEL prints them
counts() {
    local total last=(0 0 0 0)
    pause 0.3
    total=("$(packets "$1" "$2" clear out)" "$(packets "$1" "$2" clear in)"
        "$(packets "$1" "$2" esp out)" "$(packets "$1" "$2" esp in)")
    [ ! -f "$hosts/$1/$2.seen" ] || read -r -a last <"$hosts/$1/$2.seen"
    echo "${total[@]}" >"$hosts/$1/$2.seen"
    CLEAR_OUT=$((total[0] - last[0])) CLEAR_IN=$((total[1] - last[1]))
    ESP_OUT=$((total[2] - last[2])) ESP_IN=$((total[3] - last[3]))
    [ -z "${3:-}" ] || info "$3: clear out $CLEAR_OUT in $CLEAR_IN, ESP out $ESP_OUT in $ESP_IN"
}
expect_no_clear() { # HOST IF TEXT: none in either direction since the last count
    counts "$1" "$2"
    check_equal "$3: no clear GRE on $1 $2 (ESP out $ESP_OUT in $ESP_IN)" "0 0" "$CLEAR_OUT $CLEAR_IN"
}
# HOST IF TEXT [FILTER]: nor a piece of one in an ICMP error about it, on its way out, but for what tcpdump's FILTER
# takes. Of what no tunnel took the kernel sends back the beginning, after decryption.
expect_no_quotes() {
    local four='icmp[0] == 3 and icmp[17] == 47'
    local six='ip6[6] == 58 and ip6[40] == 1 and (ip6[54] == 47 or (ip6[54] == 60 and ip6[88] == 47))'
    check_equal "$3: nor a piece of one in ICMP" 0 "$(frames "$1" "$2" out "(($four) or ($six)) ${4:+and not ($4)}")"
}
barriers() { on "$1" ip -o xfrm policy | grep -c 'proto gre .*action block priority 4294967294'; } # HOST: two policies each
xfrm_stat() { on "$1" awk -v n="$2" '$1 == n { print $2 }' /proc/net/xfrm_stat; } # HOST XfrmInPolBlock …
device_packets() { on "$1" cat "/sys/class/net/$2/statistics/$3_packets"; }      # HOST IF rx|tx

# --- traffic ---------------------------------------------------------------------------------------

traffic_start() { # HOST ADDRESS: 50 pings a second until traffic_stop
    background "$1" "ping.$2" ping -D -O -n -i 0.02 -W 1 "$2"
}
traffic_stop() { # HOST ADDRESS: sets LOST, RECEIVED and GAP (the longest silence, in tenths of a second)
    on "$1" pkill -INT -f -- "-W 1 $2\$"
    wait_until "$PATIENCE" grep -q transmitted "$hosts/$1/ping.$2" || bad "the ping on $1 gave no result"
    read -r RECEIVED LOST GAP < <(awk '
        /bytes from/ { t = substr($1, 2) + 0; if (last && t - last > gap) gap = t - last; last = t }
        / transmitted/ { sent = $1; for (i = 2; i < NF; i++) if ($(i + 1) ~ /^received/) got = $i }
        END { printf "%d %d %d\n", got, sent - got, gap * 10 + 0.5 }' "$hosts/$1/ping.$2")
    mv "$hosts/$1/ping.$2" "$hosts/$1/ping.$2.${EPOCHREALTIME/./}"
}
answers() { grep -c 'bytes from' "$hosts/$1/ping.$2"; }
traffic_flows() { # HOST ADDRESS SECONDS: whether answers come (again) within that time; prints when
    local before began
    before=$(answers "$1" "$2")
    now
    began=$NOW
    wait_until "$3" more_answers "$1" "$2" "$before" || return 1
    now
    printf '%d.%d\n' $(((NOW - began) / 1000)) $(((NOW - began) / 100 % 10))
}
more_answers() { [ "$(answers "$1" "$2")" -gt $(($3 + 4)) ]; }

# --- what is left ----------------------------------------------------------------------------------

# Devices that the kernel makes in each namespace with its tunnel modules are nobody's.
fallback='gre0|gretap0|erspan0|ip6gre0|ip6tnl0|sit0|tunl0|ip_vti0|ip6_vti0'
# Under emulation a program costs 45 ms to start: one awk for all, and ip's batches where that lists all.
host_state() { # HOST: all that one of our tunnels could leave behind, in a form that two of them compare in
    sh_on "$1" "fallback='$fallback' tools=$tools;"'
        section() { printf "== %s\n" "$1"; shift; "$@" 2>/dev/null; }
        {
            section links ip -o link
            section xfrm ip -o xfrm policy list nosock
            section xfrm ip -o xfrm state
            printf "%s\n" "rule" "route show table all" | section routes ip -o -b -
            printf "%s\n" "rule" "route show table all" | section routes6 ip -6 -o -b -
            [ ! -S /run/charon.vici ] || section strongswan $tools/vici-list get-conns list-sas get-shared get-keys get-authorities
            section nft nft -s list ruleset
            section files find /run/nm-gre -type f
            section profiles nmcli -t -f NAME,TYPE,DEVICE con show --active
        } | $tools/host-state -v fallback="$fallback" | sort
    '
}
# An address gets its route when the kernel has seen that nobody else has it.
has_addresses() { ! on "$1" ip -6 -o address show tentative | grep -q .; }
snapshot() { # HOST: what expect_clean compares with
    wait_until 10 has_addresses "$1" && host_state "$1" >"$hosts/$1/snapshot"
}
is_clean() { host_state "$1" >"$hosts/$1/state" && diff -U1 "$hosts/$1/snapshot" "$hosts/$1/state"; }
expect_clean() { # HOST [TEXT]: within 15 seconds (a look takes two); both daemons and the kernel take a moment
    check "${2:-nothing is left} on $1" wait_until 15 is_clean "$1"
}

# --- running a scenario ----------------------------------------------------------------------------

show_context() { # where something failed: the last words of each host's daemons
    local dir log
    for dir in "$hosts"/*/; do
        for log in service journal nm charon dbus host; do
            [ -s "$dir$log.log" ] || continue
            echo "--- $(basename "$dir") $log.log"
            # what other services the bus looked for in vain says nothing
            grep -v -E 'hostname1|nm_dispatcher|login1' "$dir$log.log" | tail -8 | cut -c1-200
        done
    done | explain
}
keep_files() {
    local dir
    for dir in "$hosts"/*/ "$hosts"/.gone-*/; do
        [ -d "$dir" ] || continue
        mkdir -p "$OUT/$(basename "$dir")"
        find "$dir" -maxdepth 1 -type f -exec cp {} "$OUT/$(basename "$dir")/" \;
    done
}
supervise() { # SCENARIO: in a process group of its own, so that one that hangs can be ended
    local pid watchdog status
    setsid bash -c '. "$1"; . "$2"' scenario "$vm/lib.sh" "$1" &
    pid=$!
    (sleep "$LIMIT" && touch /tmp/overdue && kill -KILL -- "-$pid") 3>&- >/dev/null 2>&1 &
    watchdog=$!
    wait "$pid"
    status=$?
    if [ -e /tmp/overdue ]; then
        bad "no end after $LIMIT seconds"
    elif [ $status -ne 0 ] && [ ! -e /tmp/failed ]; then
        bad "the scenario ended early, with status $status"
        tail -5 "$OUT/log" | explain
    elif [ ! -e /tmp/passed ] && [ ! -e /tmp/failed ]; then
        bad "the scenario checked nothing"
    fi
    kill "$watchdog" 2>/dev/null
    if [ -e /tmp/failed ]; then
        show_context
        keep_files
        exit 1
    fi
    exit 0
}
if [ "${BASH_SOURCE[0]}" = "$0" ] && [ $# -eq 1 ]; then
    mount -t tmpfs tmpfs /tmp
    mount -t tmpfs tmpfs /run
    mkdir -p "$hosts" $tools && cp "$vm/vici-list" "$vm/journal" "$vm/host-state" $tools/ && cd /tmp && ip link set lo up
    supervise "$1"
fi
