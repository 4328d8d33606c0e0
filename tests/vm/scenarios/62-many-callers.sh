# SPDX-License-Identifier: GPL-2.0-or-later
# GetStatus, which every user may call: while strongSwan hangs, and far more often than anybody needs it. No tunnel
# may notice.
# timeout: 400
host_new a b
link a eth0 b eth0
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.2
sh_on b 'ip addr add 172.31.0.2/24 dev eth0'
by_hand b t 172.31.0.2 172.31.0.1 raclette
keyfile a t ifname=t remote=172.31.0.2 key=1 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.8.1/30
keyfile a second ifname=second remote=172.31.0.2 key=2 ipsec=psk ipsec-psk=raclette ipv4.address1=192.168.9.1/30
go service_start a
go charon_start a
go charon_start b
join
nm_start a
check "the tunnel comes up" up a t
nobody() { on a setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
states() { on a nm-gre status --json t | sed -n 's/^ *"\(state\|sa\)" *: "\([a-z]*\)".*/\2/p' | sort | tr '\n' ' '; }
is_as_usual() { [ "$(states)" = "active established " ]; }
check "nm-gre status says that it is active" wait_until 10 is_as_usual
lost() { journal a | grep -cE 'lost|strongSwan did not answer|hanging'; }
check_equal "nothing is lost so far" 0 "$(lost)"

# --- strongSwan hangs -------------------------------------------------------------------------------

on a pkill -STOP -x charon-systemd
{ pause $((5 * stretch)); on a pkill -CONT -x charon-systemd; } & goes_on=$!
while kill -0 $goes_on 2>/dev/null; do
    nobody nm-gre status t >>/tmp/said 2>&1 || echo "status $?" >>/tmp/said
done
check_equal "while strongSwan hangs, nm-gre status says what it knows" "" "$(grep -E '^status|^nm-gre:' /tmp/said | head -3)"
check_number "it says so each time" "$(grep -cE 'state +active' /tmp/said)" -ge 1
check "nm-gre status says that strongSwan did not answer in time" grep 'strongSwan did not answer in time' /tmp/said
check "nm-gre status has all when strongSwan goes on" wait_until 10 is_as_usual
check_equal "no tunnel was lost by a question" 0 "$(lost)"
check "the tunnel stays active" is_up a t

# --- too many calls ---------------------------------------------------------------------------------

flood() { nobody /usr/libexec/nm-gre-tests/status-flood "$@"; }
flood 20 100 >/tmp/flood 2>&1 & calls=$!
check "a tunnel comes up beside 2000 calls of an ordinary user" up a second
wait $calls
check_equal "each call gets an answer" 0 $?
info "$(tail -1 /tmp/flood)"
check_number "calls beyond the limit are told so" "$(sed -n 's/.* limited \([0-9]*\) .*/\1/p' /tmp/flood)" -gt 1500
check_number "some of them get the status" "$(sed -n 's/^answered \([0-9]*\) .*/\1/p' /tmp/flood)" -ge 4
check_equal "no tunnel was lost by the calls" 0 "$(lost)"
check "nm-gre status answers as before" wait_until 10 is_as_usual
sockets() { on a sh -c 'ls -l /proc/$(pgrep -x nm-gre-service)/fd' | grep -c socket; }
before=$(sockets)
fewer() { [ "$(sockets)" -lt "$before" ]; }
check "the service closes the connection that the status used" wait_until 30 fewer
