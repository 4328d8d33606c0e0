# SPDX-License-Identifier: GPL-2.0-or-later
# nm-gre add and remove: from a bare host to a ping with one command on each side, with itself, a plain strongSwan, Libreswan
# and a native NetworkManager as the peer, on a server (a, b) and on a desktop (d); what is told before, what a second run says, what is left after.
# long
# timeout: 700
host_new a b p d l
switch sw a eth0 b eth0 p eth0 d eth0 l eth0
store=/etc/NetworkManager/system-connections
server() { # HOST NUMBER: NetworkManager doesn't manage its uplink
    sh_on $1 "mkdir -p /etc/NetworkManager/conf.d
        printf '[keyfile]\nunmanaged-devices=interface-name:eth0;interface-name:lan\n' >/etc/NetworkManager/conf.d/uplink.conf
        ip addr add 172.31.0.$2/24 dev eth0; ip link set eth0 up
        ip link add lan type dummy; ip addr add 192.168.${2}0.1/24 dev lan; ip link set lan up"
}
server a 1
server b 2
sh_on p 'ip addr add 172.31.0.3/24 dev eth0; ip link set eth0 up'
sh_on l 'ip addr add 172.31.0.5/24 dev eth0; ip link set eth0 up'
keyfile d wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.4/24,172.31.0.1
sh_on d 'mkdir -p /etc/systemd/system; ln -s /lib/systemd/system/gdm.service /etc/systemd/system/display-manager.service'
for h in a b d; do go service_start $h; done
go charon_start b p d
go libreswan_start l
join
nm_start a b d

add() { on a nm-gre add "$@"; }
files() { sh_on "$1" "cd $store; sha256sum * 2>/dev/null" | sort; } # HOST
told() { grep -qF -- "$1" "$hosts/a/said"; }
exits() { # STATUS TEXT WORDS ARGUMENT…: the words stand in what it says
    local expected=$1 text=$2 words=$3
    shift 3
    on a nm-gre "$@" </dev/null >"$hosts/a/said" 2>&1
    check_equal "nm-gre exits with status $expected: $text" "$expected" $?
    check "nm-gre says so: $text" told "$words"
}
site_b=(site-b --remote 172.31.0.2 --address 10.0.0.1/30 --route 192.168.20.0/24 --network 192.168.10.0/24 --key 42)

# --- what is looked at before ------------------------------------------------------------------------

before=$(files a)
exits 6 "doctor --peer without strongSwan" 'systemctl enable --now' doctor --peer 172.31.0.2
exits 6 "add without strongSwan" 'fix it first, or use --fix' add "${site_b[@]}" --yes
charon_start a
exits 0 "doctor --peer on a host that is well" 'no problems found' doctor --peer 172.31.0.2
exits 6 "doctor --peer with a name that doesn't resolve" 'there is no route to the peer' doctor --peer nowhere.invalid
exits 2 "doctor --peer with what is neither" 'is neither the address of a host nor a DNS name' doctor --peer 'a b'
exits 2 "doctor without a tunnel" 'doctor needs a CONNECTION or --peer' doctor
exits 2 "no peer" 'use --remote ADDRESS' add --yes
exits 2 "no address" 'use --address ADDRESS/LENGTH' add --remote 172.31.0.2 --yes
exits 2 "a mistyped option" 'did you mean "--remote"?' add --remot 172.31.0.2
exits 2 "an address without a length" 'expected an address and prefix length such as 10.0.0.1/30' add --remote 172.31.0.2 --address 10.0.0.1
exits 2 "the peer's address as its format" 'the peer'"'"'s address is --remote 172.31.0.2' add --peer 172.31.0.2
exits 2 "a format that there is not" '--peer: expected one of nm-gre' add "${site_b[@]}" --yes --peer cisco
exits 2 "a secret on the command line" 'unknown' add "${site_b[@]}" --set ipsec-psk=raclette
exits 2 "a mistyped property" 'did you mean "ipsec-esp-proposals"?' add "${site_b[@]}" --set ipsec-esp-proposal=aes256gcm16
exits 2 "nobody to ask" 'use --yes' add "${site_b[@]}"
exits 1 "a file that does not exist" '/tmp/nothing' add "${site_b[@]}" --yes --psk-file /tmp/nothing
exits 3 "remove what is not there" 'there is no connection "nosuch"' remove nosuch --yes
snapshot a
snapshot b
exits 0 "--dry-run" 'interface-name=site-b' add "${site_b[@]}" --yes --dry-run
check "--dry-run shows the finding" told net.ipv4.ip_forward=1
check_equal "nothing of this has written a profile" "$before" "$(files a)"
expect_clean a "--dry-run leaves nothing"

# --- a failure half-way ------------------------------------------------------------------------------

exits 1 "an interface that exists" 'nm-gre: ' add taken --remote 172.31.0.2 --address 10.0.5.1/30 --ifname lan --yes
check_equal "a failed add leaves no profile" "$before" "$(files a)"
expect_clean a "a failed add leaves nothing"

# --- itself as the peer ------------------------------------------------------------------------------

sniff_start a eth0
began=$EPOCHSECONDS
check "add brings the tunnel up" eval "add ${site_b[*]} --yes --fix --peer nm-gre --show-secrets >$hosts/a/peer.sh"
check_equal "--fix has turned forwarding on" 1 "$(on a cat /proc/sys/net/ipv4/ip_forward)"
check "what add prints for the peer, run there, does the same" sh_on b "sh $hosts/a/peer.sh"
reaches() { on "$1" ping -q -c 1 -W 1 "${@:2}"; }
check "a reaches b inside the tunnel" wait_until 60 reaches a 10.0.0.2
info "from bare hosts to a ping: $((EPOCHSECONDS - began)) s"
check "a's network reaches b's" reaches a -I 192.168.10.1 192.168.20.1
check "b's network reaches a's" reaches b -I 192.168.20.1 192.168.10.1
check_equal "on a server it is a native tunnel, with its companion" "ip-tunnel vpn" \
    "$(on a nmcli -g connection.type connection show site-b) $(on a nmcli -g connection.type connection show site-b-ipsec)"
psk=$(sh_on a "sed -n 's/^ipsec-psk=//p' $store/site-b-ipsec.nmconnection")
check_number "the new pre-shared key is long" ${#psk} -ge 43
check_equal "both have it" "$psk" "$(sh_on b "sed -n 's/^ipsec-psk=//p' $store/*-ipsec.nmconnection")"
check_not "it is in no log" grep -rqF -- "$psk" "$hosts/a/service.log" "$hosts/a/nm.log" "$hosts/a/journal.log" "$hosts/a/charon.log"
check_equal "it is in no property" 0 "$(on a nmcli -g vpn.data connection show site-b-ipsec | grep -cF -- "$psk")"

# --- a second time -----------------------------------------------------------------------------------

after=$(files a)
exits 0 "the same answers again" 'exists already, nothing has been changed' add "${site_b[@]}" --yes
exits 1 "another key" 'ip-tunnel.input-key: 42 -> 43' add "${site_b[@]}" --key 43 --yes
check "it says what to do" told 'nm-gre remove site-b'
exits 1 "another secret" 'vpn-secrets.ipsec-psk' add "${site_b[@]}" --yes --psk-file /etc/hostname
check_equal "another run changes nothing" "$after" "$(files a)"
nm_stop a
nm_start a
check "the tunnel comes up with NetworkManager" wait_until 60 is_up a site-b
check "and a reaches b" wait_until 60 reaches a 10.0.0.2

# --- removing ----------------------------------------------------------------------------------------

exits 0 "remove --dry-run" '"site-b", "site-b-ipsec"' remove site-b --dry-run
check_equal "which changes nothing" "$after" "$(files a)"
exits 2 "remove without anybody to ask" 'use --yes' remove site-b
exits 0 "remove" 'Deleted, with their secrets: "site-b", "site-b-ipsec"' remove site-b --yes
check "remove on b, by the companion's name" eval "on b nm-gre remove \$(on b nmcli -g NAME connection show | grep -- -ipsec) --yes"
expect_clean a "remove leaves nothing"
expect_clean b "remove leaves nothing"
check_equal "a has the profiles that it had" "$before" "$(files a)"
check_equal "b has none" "" "$(files b)"
expect_no_clear a eth0 "with nm-gre add on both sides"
check_number "the pings were ESP" "$ESP_OUT" -ge 3

# --- a plain strongSwan as the peer, answers from a file ---------------------------------------------

sh_on a "umask 077; printf '[tunnel]\nname=plain\nremote=172.31.0.3\naddress=10.0.3.1/30\npeer=iproute2\npsk=fondue %s\n' moitié >/root/answers"
check "add takes a file of answers" eval "add --file /root/answers --yes --show-secrets >$hosts/a/plain.sh"
check "strongSwan's side runs on the peer" sh_on p "sh $hosts/a/plain.sh"
check "a reaches the plain peer" wait_until 60 reaches a 10.0.3.2
exits 0 "the same file again" 'nothing has been changed' add --file /root/answers --yes
exits 0 "remove it" 'Deleted' remove plain --yes
expect_clean a "remove leaves nothing of the plain peer's"
expect_no_clear a eth0 "with a plain strongSwan"

# --- Libreswan and a native NetworkManager as the peer -------------------------------------------------

check "add for Libreswan" eval "add libre --remote 172.31.0.5 --address 10.0.7.1/30 --yes --peer libreswan --show-secrets >$hosts/a/libre.sh"
check "its side runs on Libreswan" libreswan l sh "$hosts/a/libre.sh"
check "a reaches Libreswan" wait_until 60 reaches a 10.0.7.2
check "add for a native NetworkManager" eval "add native --remote 172.31.0.2 --address 10.0.8.1/30 --yes --peer ip-tunnel --show-secrets >$hosts/a/native.sh"
check "its side runs there" sh_on b "sh $hosts/a/native.sh"
check "a reaches the native tunnel" wait_until 60 reaches a 10.0.8.2
go on a nm-gre remove libre --yes
go on a nm-gre remove native --yes
check "remove both, at once" join
expect_clean a "remove leaves nothing of either"
expect_no_clear a eth0 "with Libreswan and a native NetworkManager"
sniff_stop a eth0

# --- asked on a terminal -----------------------------------------------------------------------------

printf '%s\n' 172.31.0.300 172.31.0.3 10.0.4.1/30 '' '' 7 '' '' iproute2 y >"$hosts/a/typed"
check "add asks for what it needs" eval "on a script -qec 'nm-gre add asked' /dev/null <$hosts/a/typed >$hosts/a/said"
check "a wrong answer is told, and asked for again" told 'expected the peer'"'"'s address or DNS name, not "172.31.0.300"'
check_equal "the answers count" "172.31.0.3 7" \
    "$(on a nmcli -g ip-tunnel.remote connection show asked) $(on a nmcli -g ip-tunnel.input-key connection show asked)"
exits 0 "remove what was asked for" 'Deleted' remove asked --yes

# --- a desktop ---------------------------------------------------------------------------------------

wait_until "$PATIENCE" is_up d wan || bad "the WAN of d does not come up"
snapshot d
before=$(files d)
check "add on a desktop" on d nm-gre add home --remote 172.31.0.3 --address 10.0.6.1/30 --yes
check_equal "makes a VPN profile" vpn "$(on d nmcli -g connection.type connection show home)"
check_equal "which comes up with the uplink" "$(on d nmcli -g connection.uuid connection show home)" \
    "$(on d nmcli -g connection.secondaries connection show wan)"
check "remove on a desktop" on d nm-gre remove home --yes
check_equal "the uplink's profile is as it was" "" "$(on d nmcli -g connection.secondaries connection show wan)"
check_equal "no other profile is left" "wan.nmconnection" "$(sh_on d "ls $store")"
expect_clean d "remove leaves nothing"
