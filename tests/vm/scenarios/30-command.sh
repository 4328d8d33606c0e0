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
    check_equal "$text: exit status $expected" "$expected" "$(gre "$@" >/dev/null 2>&1; echo $?)"
    [ "$expected" = 0 ] || check_equal "$text: one line that begins with the program's name" 1 "$(grep -c '^nm-gre: ' <<<"$said")"
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
exits 2 "no key at all" protect tun2b
exits 2 "a key that is no key" protect tun2b --psk-file /tmp/bad-psk
exits 2 "a secret on the command line" protect tun2b --set "ipsec-psk=$psk"
exits 2 "a key of the tunnel's" protect tun2b --psk-file /tmp/psk --set ttl=3
exits 2 "a value out of range" protect tun2b --psk-file /tmp/psk --set ipsec-esp-lifetime=1
exits 2 "keys that contradict each other" protect tun2b --psk-file /tmp/psk --set ipsec-ca=/ca.pem
exits 1 "a file that isn't there" protect tun2b --psk-file /tmp/nothing
exits 1 "an ethernet profile" protect wan --psk-file /tmp/psk
exits 1 "a VPN profile" protect plain --psk-file /tmp/psk
exits 3 "no such profile" protect nosuch --psk-file /tmp/psk
exits 3 "nor to unprotect" unprotect nosuch
exits 0 "unprotect what isn't protected" unprotect tun2b
check_equal "no profile was touched" "$before" "$(files)"

# A file that NetworkManager can't replace: the tunnel's, which is changed last.
sh_on a "mount --bind $store/tun2b.nmconnection $store/tun2b.nmconnection"
exits 1 "a tunnel whose profile can't be changed" protect tun2b --psk-file /tmp/psk
sh_on a "umount $store/tun2b.nmconnection"
check_equal "the companion is taken back" "$before" "$(files)"

# --- protect ----------------------------------------------------------------------------------------

check_equal "protect makes a companion" created "$(gre protect tun2b --psk-file /tmp/psk --json | result)"
check_equal "which is there" "plain tun 3 tun2b tun2b-ipsec wan " "$(profiles | sed 's/lo //')"
companion=$(of tun2b-ipsec connection.uuid)
check_equal "and linked" "$companion" "$(secondaries tun2b)"
check_equal "it names the tunnel" "ipsec = psk, protects = $(uuid_of a tun2b)" "$(of tun2b-ipsec vpn.data)"
check_equal "is persistent" yes "$(of tun2b-ipsec vpn.persistent)"
check_equal "has no addresses" "disabled disabled" "$(of tun2b-ipsec ipv4.method) $(of tun2b-ipsec ipv6.method)"
check_equal "doesn't connect by itself" no "$(of tun2b-ipsec connection.autoconnect)"
check "and has the secret" sh_on a "grep -qx 'ipsec-psk=$psk' $store/tun2b-ipsec.nmconnection"
after=$(files)
check_equal "the same again changes nothing" unchanged "$(gre protect tun2b --psk-file /tmp/psk --json | result)"
check_equal "nor does it without arguments" unchanged "$(gre protect tun2b --json | result)"
check "which it says" eval "gre protect $(uuid_of a tun2b) | grep 'already protected'"
check_equal "no file was written" "$after" "$(files)"
check_equal "another key changes the companion" updated "$(gre protect tun2b --set ipsec-local-id=site-a --json | result)"
check_equal "in place" "$companion ipsec = psk, ipsec-local-id = site-a, protects = $(uuid_of a tun2b)" \
    "$(of tun2b-ipsec connection.uuid) $(of tun2b-ipsec vpn.data)"
check "with its secret" sh_on a "grep -qx 'ipsec-psk=$psk' $store/tun2b-ipsec.nmconnection"
check_equal "a key is taken out" updated "$(gre protect tun2b --set ipsec-local-id= --json | result)"
check_equal "another secret from standard input" updated \
    "$(sh_on a 'printf raclette | nm-gre protect tun2b --psk-file - --json' | result)"
check "is kept" sh_on a "grep -qx ipsec-psk=raclette $store/tun2b-ipsec.nmconnection"
on a nmcli connection modify tun2b connection.secondaries ''
check_equal "a companion that isn't linked" updated "$(gre protect tun2b --json | result)"
check_equal "is linked, the same one" "$companion" "$(secondaries tun2b)"
check_equal "a tunnel whose name has a blank" created \
    "$(gre protect 'tun 3' --psk-file /tmp/psk --persistent no --json | result)"
check_equal "and not persistent" no "$(of 'tun 3-ipsec' vpn.persistent)"

# --- unprotect --------------------------------------------------------------------------------------

check_equal "unprotect takes it away" removed "$(gre unprotect tun2b --json | result)"
check_equal "with its link" "" "$(secondaries tun2b)"
check_equal "and again" unchanged "$(gre unprotect tun2b --json | result)"
check_equal "by the companion's name" removed "$(gre unprotect 'tun 3-ipsec' --json | result)"
exits 3 "which isn't there any more" unprotect 'tun 3-ipsec'
check_equal "the other profiles are as they were" "plain tun 3 tun2b wan " "$(profiles | sed 's/lo //')"

# --- status and watch -------------------------------------------------------------------------------

json() { gre status --json "$@"; }
state_of() { json "$1" | sed -n 's/^ *"state": "\([a-z]*\)".*/\1/p'; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
nobody() { on a setpriv --reuid=65534 --regid=65534 --clear-groups nm-gre "$@"; }
told() { grep -q "$1" "$hosts/a/watch.log"; }
background a watch.log nm-gre watch
up a plain
check "a tunnel that is up is active" wait_until 10 is_state plain active
check "the table has it" eval "gre status | grep -E '^plain +active +plain +172.31.0.1 +172.31.0.2 +no '"
check "its block has the key" eval "gre status plain | grep -E 'GRE key +9 '"
check "an ordinary user is told too" eval "nobody status plain | grep -E 'state +active'"
exits 3 "the status of what isn't there" status nosuch
check "watch tells that it is up" wait_until 10 told ' plain: active'
# A signal goes to everybody, a cause only to those who may see the profile.
background a private.log setpriv --reuid=65534 --regid=65534 --clear-groups nm-gre watch --json
profile a hidden remote=172.31.0.3 ifname=eth0 connection.permissions=user:root
check_not "a private profile with a name that is taken fails" up a hidden
check "root reads why" eval "gre status hidden | grep -q eth0"
check "an ordinary user hears that it failed" wait_until 10 grep -q "$(on a nmcli -g connection.uuid con show hidden)" "$hosts/a/private.log"
check_not "but not why" grep -q eth0 "$hosts/a/private.log"
check_not "and does not see it" eval "nobody status | grep -q hidden"
service_stop a
exits 4 "the status of a service that isn't there" status
check "watch says that it is gone" wait_until 10 told 'the service is gone'
service_start a
check "and that it is back" wait_until 10 told 'the service is back'
on a pkill -INT -x nm-gre
check "and ends" wait_until 10 negated alive a nm-gre
nm_stop a
exits 4 "protect without NetworkManager" protect tun2b
