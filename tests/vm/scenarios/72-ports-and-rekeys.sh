# SPDX-License-Identifier: GPL-2.0-or-later
# What used to look like a silent peer, or like nothing at all, has a name in the journal, in status and in doctor: another
# program has IKE's UDP ports; the peer rekeys with a group that our proposals lack.
host_new a b
link a eth0 b eth0
keyfile a wan connection.type=ethernet connection.interface-name=eth0 ipv4.address1=172.31.0.1/24,172.31.0.254
keyfile a site connection.autoconnect=false persistent=true remote=172.31.0.2 ipsec=psk ipsec-psk=raclette \
    ipsec-esp-proposals=aes256-sha256 ipv4.address1=192.168.8.1/30
sh_on b 'ip addr add 172.31.0.2/24 dev eth0
    ip link add gre1 type gre local 172.31.0.2 remote 172.31.0.1
    ip addr add 192.168.8.2/30 dev gre1
    sysctl -qw net.ipv6.conf.gre1.disable_ipv6=1 # its first packets would be in clear
    ip link set gre1 up'
by_hand b hand 172.31.0.2 172.31.0.1 raclette esp_proposals=aes256-sha256-modp2048
# A stand-in for Libreswan, by name and sockets.
(background a pluto.out perl -e 'use IO::Socket::INET; $0 = "pluto";
    my @held = map { IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => $_, Proto => "udp") or die $! } 500, 4500;
    sleep 3600') # a child of this shell's would be waited for by join
check "another program has the ports" wait_until 10 sh_on a 'ss -lun | grep -q :4500'
go service_start a
go charon_start a b
go nm_start a
join
check "the WAN comes up" wait_until "$PATIENCE" is_up a wan

# --- the ports ---------------------------------------------------------------------------------------------
sniff_start a eth0
check "the tunnel is up and waits" up a site
in_status() { on a nm-gre status site | tr -s '\n ' ' ' | grep -qF "$1"; }
check "status says that strongSwan has no socket" wait_until 10 in_status "strongSwan has no socket to send from: another program uses UDP port 500 or 4500"
check "the journal says so" eval 'journal a | grep -q "strongSwan has no socket to send from"'
on a nm-gre doctor site >"$OUT/doctor.ports" 2>&1
check "doctor finds it" grep -q "another program uses the UDP ports that strongSwan needs" "$OUT/doctor.ports"
check "doctor names the program" grep -qE "UDP port 500: pluto, process [0-9]+" "$OUT/doctor.ports"
check "doctor has the command" grep -qF "systemctl disable --now ipsec.service; systemctl restart strongswan.service" "$OUT/doctor.ports"
# What its command does.
end a TERM pluto
charon_stop a
charon_start a
secured() { [ "$(sa_count a child)" = 1 ]; }
check "the tunnel is secured by itself once strongSwan has the ports" wait_until 60 secured
reaches() { on a ping -q -c 1 -W 1 192.168.8.2; }
check "traffic passes" wait_until 20 reaches
expect_no_clear a eth0 "through all of it"

# --- the rekey ---------------------------------------------------------------------------------------------
check_not "status has no warning" in_status warning
on b swanctl --rekey --child hand
check "the journal says so, with the group" wait_until 10 eval 'journal a | grep -q "a rekey was refused, traffic stops when the SA expires: the peer asks for the group MODP_2048"'
check "status warns while traffic passes" in_status "warning a rekey was refused, traffic stops when the SA expires: the peer asks for the group MODP_2048"
check "traffic passes" reaches
on a nm-gre doctor site >"$OUT/doctor.rekey" 2>&1
check "doctor finds it" grep -q "can't renew the SA: traffic stops when it expires" "$OUT/doctor.rekey"
check "doctor has the property" grep -qF "ipsec-esp-proposals=aes256-sha256-modp2048" "$OUT/doctor.rekey"
on a nmcli con modify site +vpn.data ipsec-esp-proposals=aes256-sha256-modp2048
down a site
check "the tunnel comes up with the group" up a site
check "traffic passes" wait_until 20 reaches
on b swanctl --rekey --child hand
check "the rekey succeeds" wait_until 10 eval 'on a swanctl --list-sas --raw | grep -q "spi-in=.*dh-group=MODP_2048"'
check_not "status has no warning" in_status warning
