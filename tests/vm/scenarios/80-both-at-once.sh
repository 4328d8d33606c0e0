# SPDX-License-Identifier: GPL-2.0-or-later
# Both ends are brought up in the same instant, 20 times: both initiate, and both answer what the other
# initiated. Of what that makes, one IKE SA and one CHILD SA are left, and traffic flows.
# timeout: 500
rounds=20 enough=5
host_new a b
link a eth0 b eth0
tunnel() { # HOST ME PEER
    keyfile "$1" wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.$2/24,172.31.0.$3
    keyfile "$1" tunnel remote=172.31.0.$3 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.8.$2/30
}
tunnel a 1 2
tunnel b 2 1
for h in a b; do
    go service_start $h
    go charon_start $h
done
join
nm_start a b
check "hosts see each other" wait_until 20 on a ping -c 1 -W 1 172.31.0.2
snapshot a
snapshot b
sniff_start a eth0

established() { grep -c 'IKE_SA nm-gre-[^ ]* established between' "$hosts/$1/charon.log"; } # HOST: since its start
pair() { # HOST: one of each, and in no state of change
    local list
    list=$(on "$1" swanctl --list-sas --raw)
    [ "$(grep -c '^list-sa event' <<<"$list")" = 1 ] && [ "$(grep -o 'state=INSTALLED' <<<"$list" | wc -l)" = 1 ] &&
        [ "$(grep -oE 'state=[A-Z]+' <<<"$list" | wc -l)" = 2 ]
}
both_up() { # what is told of a round that fails is where it failed
    go up a tunnel
    go up b tunnel
    join || { echo "an end does not come up"; return 1; }
    wait_until 20 pair a && wait_until 5 pair b || { on a swanctl --list-sas; return 1; }
    on a ping -c 2 -i 0.2 -W 5 192.168.8.2 || { echo "no traffic"; return 1; }
}
both_down() {
    go down a tunnel
    go down b tunnel
    join && wait_until 15 none a && wait_until 5 none b
}
none() { [ -z "$(on "$1" swanctl --list-sas --raw | grep '^list-sa event')" ]; } # HOST

crossed=0
for ((round = 1; round <= rounds && crossed < enough; round++)); do
    before=$(established a)
    check "round $round: the tunnel is up with one SA of each kind and passes traffic" both_up || break
    [ $(($(established a) - before)) -le 1 ] || crossed=$((crossed + 1))
    check "round $round: the tunnel goes down at both ends" both_down || break
done
check_number "both ends initiated in enough rounds" "$crossed" -ge $enough
expect_no_clear a eth0 "in all rounds"
sniff_stop a eth0
expect_clean a
expect_clean b
