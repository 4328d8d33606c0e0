# SPDX-License-Identifier: GPL-2.0-or-later
# NetworkManager and its profiles.

bus_start() { # HOST: once, whoever asks first
    if mkdir "$hosts/$1/dbus.started" 2>/dev/null; then
        sh_on "$1" 'rm -f /run/dbus/pid; dbus-uuidgen >/etc/machine-id'
        background "$1" journal.log $tools/journal
        background "$1" dbus.log dbus-daemon --system --nofork --nopidfile --nosyslog
    fi
    wait_until "$PATIENCE" test -S "$(inside "$1" /run/dbus/system_bus_socket)" || bad "no bus on $1"
}
nm_start() { # HOST…: all at once
    local name pids=()
    for name in "$@"; do nm_start_one "$name" & pids+=($!); done
    wait "${pids[@]}"
}
nm_starts() { grep -c 'startup complete' "$hosts/$1/nm.log"; }
nm_conf() { # HOST
    sh_on "$1" 'cat >/etc/NetworkManager/NetworkManager.conf' <<'EOC'
[main]
plugins=keyfile
no-auto-default=*
auth-polkit=false
dns=none
rc-manager=unmanaged
[logging]
level=INFO
domains=ALL,VPN:DEBUG
EOC
}
nm_start_one() {
    local before
    bus_start "$1"
    nm_conf "$1"
    # A look at the log costs less than asking with nmcli, which takes half a second here.
    : >>"$hosts/$1/nm.log"
    before=$(nm_starts "$1")
    background "$1" nm.log NetworkManager --debug
    wait_until "$PATIENCE" eval "[ \$(nm_starts $1) -gt $before ]" ||
        bad "NetworkManager does not start on $1"
}
nm_stop() { end "$1" TERM NetworkManager; }
nm_kill() { end "$1" KILL NetworkManager; }
wan() { # HOST IF ADDRESS/LENGTH [GATEWAY] [ADDRESS6/LENGTH [GATEWAY6]]: - for one that there is not
    local host=$1 name=$2 args=()
    [ "${3:--}" = - ] || args+=(ipv4.method manual ipv4.addresses "$3")
    [ "${3:--}" != - ] || args+=(ipv4.method disabled)
    [ "${4:--}" = - ] || args+=(ipv4.gateway "$4")
    [ "${5:--}" = - ] || args+=(ipv6.method manual ipv6.addresses "$5")
    [ "${5:--}" != - ] || args+=(ipv6.method disabled)
    [ "${6:--}" = - ] || args+=(ipv6.gateway "$6")
    on "$host" nmcli con add type ethernet con-name "wan-$name" ifname "$name" "${args[@]}" &&
        on "$host" nmcli -w "$PATIENCE" con up "wan-$name" || bad "the WAN of $host does not come up"
}
# HOST NAME KEY=VALUE…: a GRE profile. A key with a dot is NetworkManager's own (ipv4.addresses), the
# others are ours; a family nothing is said about is disabled.
profile() {
    local host=$1 name=$2 pair key value data='' secrets='' four=disabled six=disabled args=()
    shift 2
    for pair in "$@"; do
        key=${pair%%=*} value=${pair#*=}
        case $key in
            ipv4.method) four='' ;;
            ipv6.method) six='' ;;
            ipv4.addresses) four=${four:+manual} ;;
            ipv6.addresses) six=${six:+manual} ;;
            ip4) four=${four:+auto} ;;
            ip6) six=${six:+auto} ;;
        esac
        case $key in
            *.*) args+=("$key" "$value") ;;
            ipsec-psk | ipsec-private-key-password) secrets+="${secrets:+, }$key=$(escaped "$value")" ;;
            *) data+="${data:+, }$key=$(escaped "$value")" ;;
        esac
    done
    on "$host" nmcli con add type vpn vpn-type gre con-name "$name" vpn.data "$data" \
        ${secrets:+vpn.secrets "$secrets"} ${four:+ipv4.method "$four"} ${six:+ipv6.method "$six"} "${args[@]}"
}
uuid_of() { echo "$1 $2" | md5sum | sed 's/\(.\{8\}\)\(....\)\(....\)\(....\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'; } # HOST NAME
# HOST NAME KEY=VALUE…: a profile as a file, for before NetworkManager starts; nmcli takes a second for each.
# Keys are keyfile's: a dot parts section and key (ipv4.address1); without one it is a key of ours.
keyfile() {
    local host=$1 name=$2 pair key section
    local -A text=([connection]="id=$2"$'\n'"uuid=$(uuid_of "$1" "$2")"$'\n' [ipv4]='' [ipv6]='')
    shift 2
    for pair in "$@"; do
        key=${pair%%=*}
        case $key in
            *.*) section=${key%%.*} pair=${pair#*.} ;;
            ipsec-psk | ipsec-private-key-password) section=vpn-secrets ;;
            *) section=vpn ;;
        esac
        text[$section]+=$pair$'\n'
    done
    [ -z "${text[vpn]:-}" ] || text[vpn]+=service-type=org.freedesktop.NetworkManager.gre$'\n' text[connection]+=type=vpn$'\n'
    [[ ${text[ipv4]} == *method=* ]] || text[ipv4]+=method=$([ -z "${text[ipv4]}" ] && echo disabled || echo manual)$'\n'
    [[ ${text[ipv6]} == *method=* ]] || text[ipv6]+=method=$([ -z "${text[ipv6]}" ] && echo disabled || echo manual)$'\n'
    for section in "${!text[@]}"; do printf '[%s]\n%s\n' "$section" "${text[$section]}"; done |
        sh_on "$host" "umask 077; mkdir -p /etc/NetworkManager/system-connections
            cat >/etc/NetworkManager/system-connections/$name.nmconnection"
}
escaped() { printf '%s' "$1" | sed 's/[\\,]/\\&/g'; }
up() { # HOST NAME [nmcli's further words]: its output is kept for reason()
    on "$1" nmcli -w "${UP_SECONDS:-90}" con up "${@:2}" 2>&1 | tee "$hosts/$1/up.$2"
    return "${PIPESTATUS[0]}"
}
down() { on "$1" nmcli -w "$PATIENCE" con down "${@:2}"; } # HOST NAME, or HOST uuid UUID
state() { # HOST NAME: activated, activating, deactivating, or nothing
    on "$1" nmcli -t -f NAME,STATE con show --active | sed -n "s/^$2://p"
}
is_up() { [ "$(state "$1" "$2")" = activated ]; }
is_down() { [ -z "$(state "$1" "$2")" ]; }
reason() { # HOST NAME: the failure as the service told it (login-failed, connect-failed, bad-ip-config), then nmcli's words
    local told
    told=$(grep -F ",\"$2\"" "$hosts/$1/nm.log" | sed -n 's/.*failure: \([a-z-]*\).*/\1/p' | tail -1)
    echo "${told:-none}: $(grep -s Error: "$hosts/$1/up.$2" | tail -1)"
}
