# SPDX-License-Identifier: GPL-2.0-or-later
# nmcli's import, export and edit: a swanctl.conf becomes a tunnel that works, what is no tunnel is refused and
# changes nothing, what is exported comes back the same, and the editor for terminals sets and checks our keys.
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
sh_on a 'mkdir /tmp/sites
cat >/tmp/sites/head-office.conf <<"EOC"
# the file of the host that this machine takes the place of
connections {
    head-office {
        version = 2
        local_addrs = 172.31.0.1
        remote_addrs = 172.31.0.2
        dpd_delay = 20s
        local { auth = psk }
        remote { auth = psk }
        children {
            gre {
                mode = transport
                local_ts = dynamic[gre]
                remote_ts = dynamic[gre]
                esp_proposals = aes256-sha256,aes128gcm16
                updown = /usr/local/bin/notify
            }
        }
    }
}
secrets {
    ike-head-office {
        id-1 = 172.31.0.1
        id-2 = 172.31.0.2
        secret = "raclette"
    }
}
EOC
printf "include conf.d/*.conf\nconnections {\n}\n" >/tmp/sites/included.conf
printf "client\ndev tun\nremote vpn.example.org 1194\n" >/tmp/sites/office.ovpn
echo "$ nmcli con add type ip-tunnel ifname gre7 con-name lines mode gre remote 172.31.0.2 ip-tunnel.input-key 7" \
    "ip-tunnel.output-key 8 ipv4.method manual ipv4.addresses 192.168.7.1/30" >/tmp/sites/lines.txt
printf "ip tunnel add gre%d mode gre remote 172.31.0.2 key %d\n" 1 1 2 2 >/tmp/sites/two.sh'

import() { on a nmcli con import type gre file "$1" 2>&1 | tee "$hosts/a/told"; return "${PIPESTATUS[0]}"; } # FILE
told() { grep -E -- "$1" "$hosts/a/told"; }
names() { on a nmcli -g NAME con show | sort; }
get() { on a nmcli -e no -s -g "$2" con show "$1"; } # NAME PROPERTY
# All but what belongs to this one: name, UUID, times. GNOME's programs and nmcli write the same file.
settings() { on a nmcli -s -t con show "$1" | grep -E '^(connection|vpn|ipv4|ipv6)\.' | grep -v -E '^connection\.(id|uuid|timestamp):'; }

# --- import -----------------------------------------------------------------------------------------

check "a swanctl.conf is imported" import /tmp/sites/head-office.conf
check "the import lists what a profile can't hold" told 'head-office.conf: .*updown'
check_equal "the rest of the swanctl.conf is in the profile" "ipsec = psk
ipsec-dpd-delay = 20s
ipsec-esp-proposals = aes256-sha256\\,aes128gcm16
ipsec-ike-version = 2
local = 172.31.0.1
remote = 172.31.0.2" "$(get head-office vpn.data | sed 's/\([^\\]\), /\1\n/g' | grep -v ipsec-psk-flags | sort)"
check_equal "the secret of the swanctl.conf is among the profile's secrets" "ipsec-psk = raclette" "$(get head-office vpn.secrets)"
on a nmcli con modify head-office ipv4.method manual ipv4.addresses 192.168.8.1/30
snapshot a
check "the imported profile comes up" up a head-office
check_equal "the imported profile has an SA" 1 "$(sa_count a child)"
down a head-office
expect_clean a

check "a line of nmcli is imported" import /tmp/sites/lines.txt
check_equal "the line of nmcli becomes a GRE profile" "vpn 192.168.7.1/30" "$(get lines connection.type) $(get lines ipv4.addresses)"

before=$(names)
check_not "an OpenVPN file is not imported" import /tmp/sites/office.ovpn
check "the error says that it is an OpenVPN file" told 'an OpenVPN configuration'
check_not "a file that includes others is not imported" import /tmp/sites/included.conf
check "the error names the file and line of the include" told 'included.conf: line 1: .*include conf'
check_not "a file that does not exist is not imported" import /tmp/sites/none.conf
check "the error names the file that does not exist" told 'none.conf'
check_not "a file of two tunnels is not imported" import /tmp/sites/two.sh
check "the error lists the tunnels" told 'gre1 \(to 172.31.0.2\), gre2 \(to 172.31.0.2\)'
check_equal "a failed import leaves no profile" "$before" "$(names)"

check "nmcli imports the tunnel that is named after the file" import '/tmp/sites/two.sh#gre2'
check "it is that tunnel" grep -w "key = 2" <<<"$(get gre2 vpn.data | tr , '\n')"

# --- export -----------------------------------------------------------------------------------------

before=$(settings head-office)
check "a profile is exported" on a nmcli con export head-office /tmp/out.nmconnection
check_equal "only its owner can read the exported file" 600 "$(on a stat -c %a /tmp/out.nmconnection)"
check "the exported file has no secret unless asked for" eval '! on a grep -q raclette /tmp/out.nmconnection'
on a nmcli con delete head-office
check "the exported file is imported" import /tmp/out.nmconnection
check "the imported profile has its name" get head-office connection.uuid
on a nmcli con modify head-office +vpn.secrets ipsec-psk=raclette
check_equal "the imported profile has the same settings" "$before" "$(settings head-office)"

# --- edit -------------------------------------------------------------------------------------------

edit() { on a nmcli con edit "$1" >"$hosts/a/told" 2>&1; } # NAME; commands from standard input
check "nmcli's editor changes the profile" edit head-office <<'EOC'
set vpn.data ipsec=psk, local=172.31.0.1, remote=172.31.0.2, ttl=32
verify
save
print vpn.data
quit
EOC
check "nmcli's editor sets our properties" told 'ttl ?= ?32'
check_equal "nmcli's editor saves our properties" 1 "$(get head-office vpn.data | grep -c 'ttl = 32')"
on a nmcli con modify head-office +vpn.data tll=33
check_not "a profile with an unknown property does not come up" up a head-office
check "the journal names the unknown property" eval 'journal a | grep "tll.*did you mean .*ttl"'
expect_clean a
