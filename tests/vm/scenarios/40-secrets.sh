# SPDX-License-Identifier: GPL-2.0-or-later
# Pre-shared keys that NetworkManager does not keep: typed at nmcli's prompt, read from a password file, asked
# for again when the peer has another one, and what is said when nobody gives one.
# timeout: 400
host_new a b
link a eth0 b eth0
on b ip addr add 172.31.0.2/24 dev eth0
by_hand b peer 172.31.0.2 172.31.0.1 raclette
go charon_start a b
go service_start a
join
nm_start a
wan a eth0 172.31.0.1/24 172.31.0.2
# for script(1), which gives nmcli a terminal
sh_on a 'mkdir -p /dev/pts && { mountpoint -q /dev/pts || mount -t devpts devpts /dev/pts; }'
sh_on a 'umask 077
    echo vpn.secrets.ipsec-psk:raclette >/tmp/right
    echo vpn.secrets.ipsec-psk:fondue >/tmp/wrong'
make() { # NAME FLAGS KEY=VALUE…
    profile a "$1" remote=172.31.0.2 ipsec=psk ipsec-psk-flags="$2" ipv4.addresses=192.168.8.1/30 "${@:3}"
}
make typed 2
make owned 1
make optional 4
make kept 0 ipsec-psk=fondue
make patient 2 vpn.persistent=yes
snapshot a

told() { journal a | grep -F "[$1] "; }
asked_again() { [ "$(told "$1" | grep -c 'asking for another pre-shared key')" -ge "$2" ]; } # NAME TIMES
prompted() { tail -c "+$((seen + 1))" "$tty" | grep -qa ipsec-psk; } # since $seen
# NAME: brings it up on a terminal; what a person types goes to the file descriptor $keys
terminal_open() {
    tty=$hosts/a/tty.$1 seen=0
    rm -f "$tty.in"
    mkfifo "$tty.in"
    : >"$tty"
    on a script -qefc "nmcli --ask -w 90 con up $1" /dev/null <"$tty.in" >"$tty" 2>&1 3>&- &
    terminal=$!
    exec {keys}>"$tty.in"
}
answer() { # TEXT KEY: once the prompt is there
    check "$1" wait_until "$PATIENCE" prompted
    seen=$(stat -c %s "$tty")
    printf '%s\n' "$2" >&"$keys"
}
terminal_close() { # sets STATUS: nmcli's own
    wait "$terminal"
    STATUS=$?
    exec {keys}>&-
}
failed() { # NAME TEXT: it isn't up, the service's reason is a wrong secret, and nothing is left
    check_equal "$1: NetworkManager's reason" login-failed "$(reason a "$1" | sed 's/:.*//')"
    check "$1: the journal says why" eval "told $1 | grep 'failed: .*wrong pre-shared key'"
    expect_clean a "$1: nothing is left"
}

# --- at the prompt ----------------------------------------------------------------------------------

terminal_open typed
answer "nmcli prompts for the key" raclette
terminal_close
check_equal "the right key at the prompt brings the tunnel up" "0 activated" "$STATUS $(state a typed)"
check "the prompt names the secret" grep -qa 'Pre-shared key (vpn.secrets.ipsec-psk)' "$tty"
check_not "the profile does not have the typed key" sh_on a 'grep -r raclette /etc/NetworkManager/system-connections'
down a typed
expect_clean a

terminal_open typed
answer "nmcli prompts for the key in the next activation" fondue
check "the service asks for another key if the peer has another" wait_until "$PATIENCE" asked_again typed 1
check_equal "the service holds nothing while it asks" "" "$(on a ip xfrm policy list nosock; on a swanctl --list-conns)"
answer "nmcli prompts for another key" fondue2
check "the service asks once more after another wrong key" wait_until "$PATIENCE" asked_again typed 2
answer "nmcli prompts for a third key" raclette
terminal_close
check_equal "the right key brings the tunnel up at the third prompt" "0 activated" "$STATUS $(state a typed)"
check "the prompt says what was wrong" grep -qa 'wrong pre-shared key' "$tty"
down a typed
expect_clean a

terminal_open typed
answer "nmcli prompts for the key before it is killed" fondue
check "the service asks for another key after a wrong one" wait_until "$PATIENCE" asked_again typed 3
check "nmcli prompts for another key" wait_until "$PATIENCE" prompted
on a pkill -KILL -x nmcli
terminal_close
check "the tunnel goes down if nmcli ends at the prompt" wait_until "$PATIENCE" is_down a typed
expect_clean a

# --- password files ---------------------------------------------------------------------------------

check "the right key from a file brings the tunnel up" up a owned passwd-file /tmp/right
down a owned
expect_clean a
check_not "a wrong key from a file does not bring the tunnel up" up a owned passwd-file /tmp/wrong
check_equal "the service asks once for another key than the file's" 1 "$(told owned | grep -c 'asking for another')"
failed owned

# --- nobody to ask ----------------------------------------------------------------------------------

check_not "an agent-owned key does not bring the tunnel up without an agent" up a owned
check "nmcli says which key it lacks" grep -E 'ipsec-psk|[Ss]ecrets were required' "$hosts/a/up.owned"
check "NetworkManager's log says so too" grep -E 'failed to request VPN secrets|sufficient secrets' "$hosts/a/nm.log"
check_not "a tunnel whose key is not required and not there does not come up" up a optional
check "the service says that the key is missing" eval "journal a | grep 'ipsec-psk: the pre-shared key is missing'"
check_not "a wrong key in the profile does not bring the tunnel up" up a kept
check_equal "the service does not ask for another key than the profile's" 0 "$(told kept | grep -c 'asking for another')"
failed kept

# --- persistent: armed rather than asking -----------------------------------------------------------

check "a persistent tunnel with a wrong key comes up and keeps trying" up a patient passwd-file /tmp/wrong
check "the journal says that its key is wrong" wait_until "$PATIENCE" eval 'told patient | grep -q "wrong pre-shared key"'
check_equal "the service asks nobody for a persistent tunnel's key" 0 "$(told patient | grep -c 'asking for another')"
down a patient
expect_clean a

check_not "no log has a key" grep -r -l -E 'raclette|fondue' $hosts/a --include='service.log' --include='nm.log' \
    --include='journal.log' --include='dbus.log'
