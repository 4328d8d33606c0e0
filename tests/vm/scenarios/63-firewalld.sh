# SPDX-License-Identifier: GPL-2.0-or-later
# Real firewalld beside protected tunnels: started, stopped, loaded again, with a zone that rejects GRE and lets IKE and
# ESP in, and one that masquerades as well. What the peer sends first is decrypted and rejected: no ICMP error quotes it.
# long
# timeout: 1200
command -v firewalld >/dev/null || { ok "there is no firewalld here"; exit 0; }
beside_start

# Each file takes an emulated machine a while, polkit even longer.
sh_on a 'cd /usr/lib/firewalld && find services helpers ipsets zones -type f ! -name block.xml ! -name drop.xml ! -name trusted.xml -delete
    find icmptypes -type f ! -name "neighbour-*" ! -name "router-*" ! -name redirect.xml -delete
    rm -f /usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service
    sed -i "s/^DefaultZone=.*/DefaultZone=rejects/" /etc/firewalld/firewalld.conf'
zone() { # NAME [MORE]
    sh_on a "cat >/etc/firewalld/zones/$1.xml" <<E2
<?xml version="1.0" encoding="utf-8"?>
<zone><short>$1</short><protocol value="esp"/><port port="500" protocol="udp"/><port port="4500" protocol="udp"/>${2:-}</zone>
E2
}
zone rejects
zone masquerades '<masquerade/>'
has_zones() { on a nft list chain inet firewalld filter_INPUT_ZONES | grep -q "$1"; } # ZONE
start() { # ZONE
    background a firewalld.log firewalld --nofork --nopid
    wait_until "$PATIENCE" has_zones "$1"
}
# firewall-cmd's requests, without the seconds that python takes to start.
firewalld() { # METHOD [ARGUMENT…]
    on a dbus-send --system --print-reply --reply-timeout=300000 --dest=org.fedoraproject.FirewallD1 \
        /org/fedoraproject/FirewallD1 "org.fedoraproject.FirewallD1.$1" "${@:2}"
}
stop() { on a pkill -TERM -f firewalld && wait_until "$PATIENCE" negated on a pgrep -f firewalld; }

# Without traffic of our own, which would make the peer's an answer.
rejections() { on a nstat -asz IcmpOutDestUnreachs Icmp6OutDestUnreachs | awk '/Unreach/ { n += $2 } END { print n + 0 }'; }
rejected() { [ "$(rejections)" -gt $((before + 2)) ]; }
on_peer() { for address in 192.168.8.1 fd08::1; do "$1" b $address; done; }

beside "firewalld starts" start rejects
on a pkill -STOP -x ping
on_peer traffic_start
conntrack_flush a
before=$(rejections)
check "this host rejects what was decrypted" wait_until 20 rejected
on_peer traffic_stop
on a pkill -CONT -x ping
no_quotes "firewalld rejects GRE"
beside "firewalld reloads" firewalld reload
beside "firewalld reloads completely" firewalld completeReload
beside "firewalld masquerades" firewalld setDefaultZone string:masquerades
check "its zone is another" wait_until 20 has_zones masquerades
beside "firewalld reloads, with masquerade" firewalld reload
beside "firewalld reloads completely, with masquerade" firewalld completeReload
beside "firewalld stops" stop
beside "firewalld starts again" start masquerades
beside "firewalld stops again" stop
beside_end
