# SPDX-License-Identifier: GPL-2.0-or-later
# What goes over a cable: captures and counts.

sniff_start() { # HOST IF [FILTER]: what tcpdump's filter takes; without ESP a long capture stays short
    local file=$hosts/$1/$2
    rm -f "$file".{pcap,err,seen}
    echo "${3:-}" >"$file.filter"
    on "$1" cat "/sys/class/net/$2/address" >"$file.mac"
    background "$1" "$2.err" tcpdump -i "$2" -Z root -nn -U --immediate-mode -s 300 -B 8192 -w "$file.pcap" "${@:3}"
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
    total=("$(packets "$1" "$2" clear out)" "$(packets "$1" "$2" clear in)" 0 0)
    [ -n "$(<"$hosts/$1/$2.filter")" ] || total[2]=$(packets "$1" "$2" esp out) total[3]=$(packets "$1" "$2" esp in)
    [ ! -f "$hosts/$1/$2.seen" ] || read -r -a last <"$hosts/$1/$2.seen"
    echo "${total[@]}" >"$hosts/$1/$2.seen"
    CLEAR_OUT=$((total[0] - last[0])) CLEAR_IN=$((total[1] - last[1]))
    ESP_OUT=$((total[2] - last[2])) ESP_IN=$((total[3] - last[3]))
    [ -z "${3:-}" ] || info "$3: clear out $CLEAR_OUT in $CLEAR_IN, ESP out $ESP_OUT in $ESP_IN"
}
expect_no_clear() { # HOST IF TEXT: none in either direction since the last count
    local esp=''
    counts "$1" "$2"
    [ -n "$(<"$hosts/$1/$2.filter")" ] || esp=" (ESP out $ESP_OUT in $ESP_IN)"
    check_equal "$3: no GRE passes $1 $2 in clear text$esp" "0 0" "$CLEAR_OUT $CLEAR_IN"
}
# HOST IF TEXT [FILTER]: nor a piece of one in an ICMP error about it, on its way out, but for what tcpdump's FILTER
# takes. Of what no tunnel took the kernel sends back the beginning, after decryption.
expect_no_quotes() {
    local four='icmp[0] == 3 and icmp[17] == 47'
    local six='ip6[6] == 58 and ip6[40] == 1 and (ip6[54] == 47 or (ip6[54] == 60 and ip6[88] == 47))'
    check_equal "$3: no ICMP error quotes GRE" 0 "$(frames "$1" "$2" out "(($four) or ($six)) ${4:+and not ($4)}")"
}
barriers() { on "$1" ip -o xfrm policy | grep -c 'proto gre .*action block priority 4294967294'; } # HOST: two policies each
xfrm_stat() { on "$1" awk -v n="$2" '$1 == n { print $2 }' /proc/net/xfrm_stat; } # HOST XfrmInPolBlock …
device_packets() { on "$1" cat "/sys/class/net/$2/statistics/$3_packets"; }      # HOST IF rx|tx
# HOST: forgets its connections, and what NAT made of them. perl asks for that (IPCTNL_MSG_CT_DELETE), which is in every
# Debian.
conntrack_flush() {
    on "$1" perl -e 'socket(S, 16, 3, 12) && send(S, pack("LSSLLCCn", 20, 0x102, 5, 1, 0, 0, 0, 0), 0) &&
        recv(S, $answer, 99, 0) && unpack("x16 l", $answer) == 0 or die "conntrack: $!"'
}
