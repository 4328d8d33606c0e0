# SPDX-License-Identifier: GPL-2.0-or-later
# Other vendors' programs, which tests/setup unpacks.

others=/var/cache/nm-gre-tests
other_libraries() { echo "$others/$1/tree/usr/lib/$(uname -m)-linux-gnu"; } # MAKE
libreswan() { # HOST CMD…: with its libraries, and its NSS's tools
    on "$1" env LD_LIBRARY_PATH="$(other_libraries libreswan)" PATH="$others/libreswan/tree/usr/bin:$PATH" "${@:2}"
}
libreswan_start() { # HOST [SHELL]: Libreswan, after what is to be done to its NSS database before
    cat >"$hosts/$1/libreswan.sh" <<EOC
tree=$others/libreswan/tree
mkdir -p /usr/libexec/ipsec /etc/ipsec.d /run/pluto /var/lib/ipsec/nss
mount --bind "\$tree/usr/libexec/ipsec" /usr/libexec/ipsec
cp "\$tree/usr/sbin/ipsec" /usr/sbin/ipsec
cp "\$tree/etc/ipsec.conf" "\$tree/etc/ipsec.secrets" /etc/
ipsec initnss --nssdir /var/lib/ipsec/nss >/dev/null
${2:-}
exec /usr/libexec/ipsec/pluto --config /etc/ipsec.conf --nofork --nssdir /var/lib/ipsec/nss --logfile $hosts/$1/pluto.log
EOC
    libreswan "$1" setsid bash "$hosts/$1/libreswan.sh" </dev/null 3>&- >>"$hosts/$1/pluto.out" 2>&1 &
    wait_until "$PATIENCE" libreswan "$1" ipsec whack --status || bad "Libreswan does not start on $1"
}
starter_start() { # HOST: strongSwan as it was before swanctl, with ipsec.conf and ipsec.secrets that are there
    charon_conf "$1" charon
    sh_on "$1" "cp -rn $others/starter/tree/usr/lib/ipsec/. /usr/lib/ipsec && cp -rn $others/starter/tree/etc/. /etc &&
        cp $others/starter/tree/usr/sbin/ipsec /usr/sbin"
    background "$1" starter.out /usr/lib/ipsec/starter --nofork
    wait_until "$PATIENCE" on "$1" ipsec status || bad "strongSwan's starter does not start on $1"
}
frr_start() { # HOST [DAEMON…], configuration on stdin: FRR's zebra and ospfd, and others
    local tree=$others/frr/tree daemon
    sh_on "$1" "mkdir -p /run/frr /var/tmp/frr; cat >/run/frr/frr.conf; cp -rn $tree/etc/. /etc
        echo frr:x:990:990::/:/bin/false >>/etc/passwd; printf '%s\n' frr:x:990: frrvty:x:991:frr >>/etc/group
        chown -R 990:990 /run/frr"
    for daemon in zebra ospfd "${@:2}"; do
        background "$1" frr.log env LD_LIBRARY_PATH="$(other_libraries frr):$(other_libraries frr)/frr" \
            "$tree/usr/lib/frr/$daemon" -f /run/frr/frr.conf --log stdout
        wait_until "$PATIENCE" test -S "$(inside "$1" /run/frr/$daemon.vty)" || bad "FRR's $daemon does not start on $1"
    done
}
frr_load() { # HOST FILE: an integrated configuration, as vtysh -b does at the start of a router
    on "$1" env LD_LIBRARY_PATH="$(other_libraries frr):$(other_libraries frr)/frr" \
        "$others/frr/tree/usr/bin/vtysh" -f "$2"
}
vtysh() { # HOST COMMAND
    on "$1" env LD_LIBRARY_PATH="$(other_libraries frr):$(other_libraries frr)/frr" \
        "$others/frr/tree/usr/bin/vtysh" -c "$2"
}
