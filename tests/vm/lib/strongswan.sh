# SPDX-License-Identifier: GPL-2.0-or-later
# strongSwan, and connections that are written by hand.

charon_start() { # HOST…: as the distribution's unit does, with its load-all afterwards
    local name pids=()
    for name in "$@"; do charon_start_one "$name" & pids+=($!); done
    wait "${pids[@]}"
}
charon_conf() { # HOST [DAEMON]
    sh_on "$1" "cat >/etc/strongswan.d/zz-test.conf" <<EOC
${2:-charon-systemd} {
    # What no scenario uses: the self tests alone take half a minute under emulation.
    plugins {
$(for p in test-vectors tpm ldap pkcs11 forecast dhcp farp ha led unity addrblock af-alg eap-{aka,gtc,identity,md5,radius,tls,tnc,ttls} tnc-tnccs xauth-{eap,pam}; do echo "        $p { load = no }"; done)
    }
    filelog {
        test {
            path = $hosts/$1/charon.log
            append = yes
            flush_line = yes
            time_format = %H:%M:%S
            default = 1
        }
    }
}
EOC
}
charon_start_one() {
    charon_conf "$1"
    # A socket that a killed daemon left behind says nothing.
    sh_on "$1" 'rm -f /run/charon.vici'
    background "$1" charon.out charon-systemd
    wait_until "$PATIENCE" test -S "$(inside "$1" /run/charon.vici)" || { bad "strongSwan does not start on $1"; return 1; }
    on "$1" swanctl --load-all --noprompt
}
charon_stop() { end "$1" TERM charon-systemd; }
charon_kill() { end "$1" KILL charon-systemd; }
swanctl_conf() { sh_on "$1" "cat >/etc/swanctl/conf.d/$2.conf"; } # HOST NAME, text on stdin
# HOST NAME LOCAL REMOTE PSK [KEY=VALUE…]: a connection for GRE by somebody who wrote it by hand, NAME its child's
# name too. Keys: id (LOCAL, if not given), version, proposals, esp_proposals, start_action. The protocol is a
# number: its name needs /etc/protocols, which a small installation lacks.
by_hand() {
    local id=$3 version=2 proposals='' esp_proposals='' start_action=none
    [ $# -eq 5 ] || local "${@:6}"
    swanctl_conf "$1" "$2" <<EOC
connections { $2 { version = $version
    local_addrs = $3
    remote_addrs = $4
    ${proposals:+proposals = $proposals}
    local { auth = psk
        id = $id }
    remote { auth = psk
        id = $4 }
    children { $2 { mode = transport
        local_ts = dynamic[47]
        remote_ts = dynamic[47]
        ${esp_proposals:+esp_proposals = $esp_proposals}
        start_action = $start_action } } } }
secrets { ike-$2 { id-1 = $id
    id-2 = $4
    id-3 = $3
    secret = $5 } }
EOC
}
sa_count() { # HOST ike|child
    local what=child
    [ "$2" = ike ] && what=ike
    on "$1" swanctl --list-sas --raw | grep -c "state=$([ $what = ike ] && echo ESTABLISHED || echo INSTALLED)"
}
