# SPDX-License-Identifier: GPL-2.0-or-later
# Another program flushes the kernel's IPsec policies, its states, or both. A gre and an ip6gre tunnel, 50 pings a
# second in each. strongSwan does not notice; the service installs its barriers again and has the SAs renewed. Until
# then the nftables table blocks.
# timeout: 600
four=192.168.8.2 six=fd08::2
host_new a b
link a eth0 b eth0
for end in a b; do nowhere $end 192.168.8.0/24 fd08::/64; done
flow_in_both() { traffic_flows a $four "$1" && traffic_flows a $six "$1"; }
all_stand() { [ "$(barriers a)" = "$standing" ]; }
journal_tells() { journal a | grep -q "$1"; }

start_both
snapshot a
for end in a b; do tunnels_in_both $end vpn.persistent=yes; done
sniff_start a eth0
for end in b a; do
    for name in t4 t6; do check "$name comes up on $end" up $end $name ifname eth0; done
done
traffic_start a $four
traffic_start a $six
check "traffic flows in both tunnels" flow_in_both 20
standing=$(barriers a)
check_number "the policies of both barriers stand" "$standing" -ge 4
expect_no_clear a eth0 "before anything is flushed"

mended() { # TEXT COMMAND JOURNAL: flushes, then all is as it was
    local text=$1 began
    on a sh -c "$2"
    began=$EPOCHREALTIME
    check "$text: the barriers stand again" wait_until 5 all_stand
    check "$text: traffic flows again" flow_in_both 20
    info "$text: traffic after $(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }') s"
    check "$text: the journal names it" wait_until 10 journal_tells "$3"
}
mended "states flushed" "ip xfrm state flush" "removed strongSwan.s IPsec states or policies"
expect_no_clear a eth0 "states flushed"
mended "policies flushed" "ip xfrm policy flush" "removed the IPsec policies of .* barrier"
mended "both flushed" "ip xfrm policy flush; ip xfrm state flush" "removed the IPsec policies of .* barrier"
expect_no_clear a eth0 "policies flushed"
check "one SA each is left" wait_until 20 eval '[ "$(sa_count a ike) $(sa_count a child)" = "2 2" ]'

# With a group for perfect forward secrecy at one end alone the first CHILD_SA comes up, and each rekeying is refused.
traffic_stop a $four
check "t4 goes down on a" down a t4
check "t4 goes down on b" down b t4
on a nmcli con modify t4 +vpn.data ipsec-esp-proposals=aes128gcm16-ecp256
on b nmcli con modify t4 +vpn.data ipsec-esp-proposals=aes128gcm16
for end in b a; do check "t4 comes up on $end, with a group on a alone" up $end t4 ifname eth0; done
traffic_start a $four
check "traffic flows in both tunnels" flow_in_both 20
told() { journal a | grep -c 'removed strongSwan.s IPsec states or policies'; }
before=$(told)
mended "states flushed, and the peer refuses to rekey" "ip xfrm state flush" "removed strongSwan.s IPsec states or policies"
check_equal "the journal has a line for each of the two SAs" 2 $(($(told) - before))
expect_no_clear a eth0 "the peer refuses to rekey"
traffic_stop a $four
traffic_stop a $six
for name in t4 t6; do check "$name goes down on a" down a $name; done
expect_clean a
sniff_stop a eth0
