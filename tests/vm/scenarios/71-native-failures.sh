# SPDX-License-Identifier: GPL-2.0-or-later
# A protected tunnel that can't be protected: its activation fails, with the cause in the journal and the right
# reason from the companion, and nothing is left of it. And a companion that is brought up on its own.
# timeout: 400
host_new a b
link a eth0 b eth0
tunnel() { # NAME INNER [companion's KEY=VALUE…]
    keyfile a "$1" connection.type=ip-tunnel connection.interface-name="$1" connection.autoconnect=false \
        "connection.secondaries=$(uuid_of a "$1-ipsec");" ip-tunnel.mode=2 ip-tunnel.local=172.31.0.1 \
        ip-tunnel.remote=172.31.0.2 ip-tunnel.input-key="$2" ip-tunnel.output-key="$2" ipv4.address1="192.168.$2.1/30"
    [ $# -lt 3 ] || keyfile a "$1-ipsec" "${@:3}"
}
tunnel nosecret 1 protects=nosecret ipsec=psk
tunnel wrong 2 protects=wrong ipsec=psk ipsec-psk=emmental
tunnel nothing 3 protects=nowhere ipsec=psk ipsec-psk=raclette
tunnel ethernet 4 protects=wan ipsec=psk ipsec-psk=raclette
tunnel unprotected 5 protects=unprotected
tunnel typo 6 protects=typo ipsec=psk ipsec-psk=raclette key=7
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile b wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.2/24,172.31.0.1
keyfile b t remote=172.31.0.1 ipsec=psk ipsec-psk=raclette vpn.persistent=true ipv4.address1=192.168.9.2/30
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
check "the peer comes up and waits" up b t
snapshot a
sniff_start a eth0

fails() { # NAME REASON PATTERN: the companion's reason, and what the journal says
    check_not "$1 does not come up" up a "$1"
    check "$1: nmcli says that a dependency failed" grep -qi 'secondary\|dependency' "$hosts/a/up.$1"
    case $2 in
        -) ;;
        *) check "$1: the reason is $2: $(reason a "$1-ipsec")" grep -q "^$2" <(reason a "$1-ipsec") ;;
    esac
    check "$1: the journal says why: $3" eval "journal a | grep -q -E '$3'"
    expect_clean a "$1: nothing is left"
}
fails nosecret - 'nosecret.*barrier is in place'
fails wrong login-failed 'wrong-ipsec.*(pre-shared key|authentication)'
fails nothing connect-failed 'there is no ip-tunnel profile "nowhere"'
fails ethernet connect-failed '"wan" is a profile of type .*ethernet'
fails unprotected connect-failed 'ipsec'
fails typo connect-failed 'key: .*cannot be combined with protects'
check_not "a companion without its tunnel does not come up" up a wrong-ipsec
check "the journal says that the tunnel must be brought up instead" eval "journal a | grep -q 'wrong-ipsec.*activate the tunnel'"
expect_clean a "nothing is left of that"
expect_no_clear a eth0 "through all failures"
