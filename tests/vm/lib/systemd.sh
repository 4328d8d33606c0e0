# SPDX-License-Identifier: GPL-2.0-or-later
# A host whose first process is systemd, with the distribution's own units of NetworkManager and strongSwan, and ours.

# Nothing of these has a part in a test; one of them would empty /tmp, which the hosts share.
systemd_without='systemd-tmpfiles-setup systemd-tmpfiles-setup-dev systemd-udevd systemd-udev-trigger systemd-sysctl
    systemd-sysusers systemd-modules-load systemd-random-seed systemd-update-utmp systemd-timesyncd systemd-logind
    systemd-remount-fs systemd-journal-catalog-update systemd-machine-id-commit systemd-binfmt apparmor networking
    keyboard-setup console-setup NetworkManager-dispatcher systemd-pstore systemd-hwdb-update systemd-networkd'

systemd_is_here() { [ -x /lib/systemd/systemd ]; }
# HOST: it waits to be furnished (files, cables, profiles); systemd_begin starts it. In a cgroup of its own.
systemd_host() {
    local name=$1
    cat >"$tools/systemd-init" <<'E2'
#!/bin/bash
while [ ! -e "/tmp/h/$(hostname)/furnished" ]; do sleep 0.1; done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec env -i container=other PATH="$PATH" /lib/systemd/systemd --unit=test.target --log-target=journal --show-status=no
E2
    chmod +x "$tools/systemd-init"
    mkdir -p "/sys/fs/cgroup/systemd-$name" "$hosts/$name/fs"
    (
        echo $BASHPID >"/sys/fs/cgroup/systemd-$name/cgroup.procs"
        HOST_INIT=$tools/systemd-init exec unshare --mount --net --pid --ipc --uts --cgroup --fork --kill-child \
            --propagation private bash "$vm/host.sh" "$name" "$hosts/$name/fs" </dev/null 3>&- >"$hosts/$name/host.log" 2>&1
    ) &
    echo $! >"$hosts/$name/unshare"
    wait_until "$PATIENCE" test -e "$hosts/$name/ready" || { bad "host $name does not start"; return 1; }
    awk '{ print $1 }' /proc/"$(cat "$hosts/$name/unshare")"/task/*/children >"$hosts/$name/pid"
    sh_on "$name" "dbus-uuidgen >/etc/machine-id
        mkdir -p /etc/systemd/system
        for unit in $(echo $systemd_without); do ln -sfn /dev/null /etc/systemd/system/\$unit.service; done
        for unit in systemd-udevd-control.socket systemd-udevd-kernel.socket dev-hugepages.mount dev-mqueue.mount \
            sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount; do
            ln -sfn /dev/null /etc/systemd/system/\$unit
        done
        printf '[Unit]\nWants=NetworkManager.service strongswan.service\nAllowIsolate=yes\n' >/etc/systemd/system/test.target"
    nm_conf "$name"
    charon_conf "$name"
}
systemd_begin() { : >"$hosts/$1/furnished"; } # HOST
unit() { on "${unit_host:-a}" systemctl "$@"; }                                # CMD…, on host a or $unit_host
about() { unit show --value -p "$2" "$1.service"; }                            # UNIT PROPERTY
systemd_is_up() { unit is-active nm-gre NetworkManager strongswan; }           # all three
systemd_journal() { on "${unit_host:-a}" journalctl -u nm-gre --no-pager; }    # what the service said
systemd_keep() { systemd_journal >"$hosts/${unit_host:-a}/service.log" 2>&1; } # at the end, for whoever reads the logs
