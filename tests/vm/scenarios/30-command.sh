# SPDX-License-Identifier: GPL-2.0-or-later
# The command nm-gre against a real NetworkManager and the service: protect and unprotect, twice each, what they
# leave when they fail half-way, exit statuses, status and watch.
# timeout: 400
host_new a b
link a eth0 b eth0
store=/etc/NetworkManager/system-connections
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
keyfile a tun2b connection.type=ip-tunnel connection.interface-name=tun2b connection.autoconnect=false \
    ip-tunnel.mode=2 ip-tunnel.remote=172.31.0.2 ip-tunnel.local=172.31.0.1 ipv4.address1=192.168.1.1/30
keyfile a plain ifname=plain remote=172.31.0.2 key=9 ipv4.address1=192.168.2.1/30
service_start a
nm_start a
on a nmcli connection add con-name "tun 3" ifname tun3 type ip-tunnel mode gre remote 172.31.0.2 local 172.31.0.1 \
    autoconnect no ipv4.method disabled ipv6.method disabled
psk=fondue-5531
sh_on a "umask 077; echo $psk >/tmp/psk; echo 0xabc >/tmp/bad-psk"

gre() { on a nm-gre "$@"; }
exits() { # STATUS TEXT ARGUMENT…: also that a failure says why, in one line
    local expected=$1 text=$2 said
    shift 2
    said=$(gre "$@" 2>&1 >/dev/null)
    check_equal "nm-gre exits with status $expected: $text" "$expected" "$(gre "$@" >/dev/null 2>&1; echo $?)"
    [ "$expected" = 0 ] || check_equal "nm-gre prints one line that begins with its name: $text" 1 "$(grep -c '^nm-gre: ' <<<"$said")"
}
files() { sh_on a "cd $store; sha256sum *" | sort; }
profiles() { on a nmcli -g NAME connection show | sort | tr '\n' ' '; }
secondaries() { on a nmcli -g connection.secondaries connection show "$1"; }
of() { on a nmcli -g "$2" connection show "$1"; } # PROFILE PROPERTY
result() { sed -n 's/.*"result":"\([a-z]*\)".*/\1/p'; }

# --- what goes wrong changes nothing ----------------------------------------------------------------

before=$(files)
exits 0 "--help" --help
exits 0 "protect --help" protect --help
exits 2 "no command" ''
exits 2 "an unknown command" frobnicate
exits 2 "an unknown option" protect tun2b --frobnicate
exits 2 "protect without a secret" protect tun2b
exits 2 "a file without a secret in it" protect tun2b --psk-file /tmp/bad-psk
exits 2 "a secret on the command line" protect tun2b --set "ipsec-psk=$psk"
exits 2 "a property of the tunnel" protect tun2b --psk-file /tmp/psk --set ttl=3
exits 2 "a value out of range" protect tun2b --psk-file /tmp/psk --set ipsec-esp-lifetime=1
exits 2 "properties that contradict each other" protect tun2b --psk-file /tmp/psk --set ipsec-ca=/ca.pem
exits 1 "a file that does not exist" protect tun2b --psk-file /tmp/nothing
exits 1 "an ethernet profile" protect wan --psk-file /tmp/psk
exits 1 "a VPN profile" protect plain --psk-file /tmp/psk
exits 3 "protect a profile that does not exist" protect nosuch --psk-file /tmp/psk
exits 3 "unprotect a profile that does not exist" unprotect nosuch
exits 0 "unprotect a tunnel that is not protected" unprotect tun2b
check_equal "an error leaves every profile as it was" "$before" "$(files)"

# A file that NetworkManager can't replace: the tunnel's, which is changed last.
sh_on a "mount --bind $store/tun2b.nmconnection $store/tun2b.nmconnection"
exits 1 "a tunnel whose profile can't be changed" protect tun2b --psk-file /tmp/psk
sh_on a "umount $store/tun2b.nmconnection"
check_equal "a failed protect takes its companion back" "$before" "$(files)"

# --- protect ----------------------------------------------------------------------------------------

check_equal "protect creates a companion" created "$(gre protect tun2b --psk-file /tmp/psk --json | result)"
check_equal "the companion is among the profiles" "plain tun 3 tun2b tun2b-ipsec wan " "$(profiles | sed 's/lo //')"
companion=$(of tun2b-ipsec connection.uuid)
check_equal "the companion is among the tunnel's secondaries" "$companion" "$(secondaries tun2b)"
check_equal "the companion names its tunnel" "ipsec = psk, protects = $(uuid_of a tun2b)" "$(of tun2b-ipsec vpn.data)"
check_equal "the companion is persistent" yes "$(of tun2b-ipsec vpn.persistent)"
check_equal "the companion has no addresses" "disabled disabled" "$(of tun2b-ipsec ipv4.method) $(of tun2b-ipsec ipv6.method)"
check_equal "the companion does not connect by itself" no "$(of tun2b-ipsec connection.autoconnect)"
check "the companion has the secret" sh_on a "grep -qx 'ipsec-psk=$psk' $store/tun2b-ipsec.nmconnection"
after=$(files)
check_equal "protect with the same arguments changes nothing" unchanged "$(gre protect tun2b --psk-file /tmp/psk --json | result)"
check_equal "protect without arguments changes nothing" unchanged "$(gre protect tun2b --json | result)"
check "protect says that the tunnel is already protected" eval "gre protect $(uuid_of a tun2b) | grep 'already protected'"
check_equal "protect without a change writes no file" "$after" "$(files)"
check_equal "protect with another property changes the companion" updated "$(gre protect tun2b --set ipsec-local-id=site-a --json | result)"
check_equal "the changed companion has the same UUID" "$companion ipsec = psk, ipsec-local-id = site-a, protects = $(uuid_of a tun2b)" \
    "$(of tun2b-ipsec connection.uuid) $(of tun2b-ipsec vpn.data)"
check "the changed companion keeps its secret" sh_on a "grep -qx 'ipsec-psk=$psk' $store/tun2b-ipsec.nmconnection"
check_equal "protect with an empty value removes a property" updated "$(gre protect tun2b --set ipsec-local-id= --json | result)"
check_equal "protect takes another secret from standard input" updated \
    "$(sh_on a 'printf raclette | nm-gre protect tun2b --psk-file - --json' | result)"
check "the companion has the new secret" sh_on a "grep -qx ipsec-psk=raclette $store/tun2b-ipsec.nmconnection"
on a nmcli connection modify tun2b connection.secondaries ''
check_equal "protect repairs a companion that is not linked" updated "$(gre protect tun2b --json | result)"
check_equal "the same companion is linked" "$companion" "$(secondaries tun2b)"
check_equal "protect takes a tunnel whose name has a blank" created \
    "$(gre protect 'tun 3' --psk-file /tmp/psk --persistent no --json | result)"
check_equal "that companion is not persistent" no "$(of 'tun 3-ipsec' vpn.persistent)"

# --- unprotect --------------------------------------------------------------------------------------

check_equal "unprotect removes the companion" removed "$(gre unprotect tun2b --json | result)"
check_equal "unprotect removes the link to the companion" "" "$(secondaries tun2b)"
check_equal "unprotect changes nothing the second time" unchanged "$(gre unprotect tun2b --json | result)"
check_equal "unprotect takes the companion's name" removed "$(gre unprotect 'tun 3-ipsec' --json | result)"
exits 3 "unprotect by the name of a companion that is gone" unprotect 'tun 3-ipsec'
check_equal "the other profiles are unchanged" "plain tun 3 tun2b wan " "$(profiles | sed 's/lo //')"

# --- status and watch -------------------------------------------------------------------------------

json() { gre status --json "$@"; }
state_of() { json "$1" | sed -n 's/^ *"state" *: "\([a-z]*\)".*/\1/p'; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
nobody() { on a setpriv --reuid=65534 --regid=65534 --clear-groups nm-gre "$@"; }
told() { grep -q "$1" "$hosts/a/watch.log"; }
background a watch.log nm-gre watch
up a plain
check "nm-gre status calls a tunnel that is up active" wait_until 10 is_state plain active
check "the table of nm-gre status has the tunnel" eval "gre status | grep -E '^plain +active +plain +172.31.0.1 +172.31.0.2 +no '"
check "the block of nm-gre status has the GRE key" eval "gre status plain | grep -E 'GRE key +9 '"
check "nm-gre status tells an ordinary user the state" eval "nobody status plain | grep -E 'state +active'"
exits 3 "the status of a profile that does not exist" status nosuch
check "nm-gre watch says that the tunnel is up" wait_until 10 told ' plain: active'
# A signal goes to everybody, a cause only to those who may see the profile.
background a private.log setpriv --reuid=65534 --regid=65534 --clear-groups nm-gre watch --json
profile a hidden remote=172.31.0.3 ifname=eth0 connection.permissions=user:root
check_not "a private profile with a name that is taken fails" up a hidden
check "nm-gre status tells root why it failed" eval "gre status hidden | grep -q eth0"
check "nm-gre watch tells an ordinary user that it failed" wait_until 10 grep -q "$(on a nmcli -g connection.uuid con show hidden)" "$hosts/a/private.log"
check_not "nm-gre watch does not tell an ordinary user why" grep -q eth0 "$hosts/a/private.log"
check_not "nm-gre status does not show an ordinary user the private profile" eval "nobody status | grep -q hidden"
service_stop a
exits 4 "the status without the service" status
check "nm-gre watch says that the service is gone" wait_until 10 told 'the service has stopped'
service_start a
check "nm-gre watch says that the service is back" wait_until 10 told 'the service is back'
on a pkill -INT -x nm-gre
check "nm-gre watch ends" wait_until 10 negated alive a nm-gre
nm_stop a
exits 4 "protect without NetworkManager" protect tun2b
