#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest's first process: prepares it, then runs scenarios from the queue until there is none left.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LC_ALL=C.UTF-8 TERM=dumb NO_COLOR=1
vm=/nm-gre-vm
worker=$(sed -n 's/.*nm-gre-worker=\([0-9]*\).*/\1/p' /proc/cmdline)
cd /

say() { echo "@@$*"; }

prepare() {
    local module
    mount -t tmpfs tmpfs /run
    mount -t tmpfs tmpfs /tmp
    mkdir -p /dev/shm /dev/pts
    mount -t tmpfs tmpfs /dev/shm
    mount -t devpts devpts /dev/pts
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    ln -sfn /proc/self/fd /dev/fd
    hostname vm
    ip link set lo up
    tar -C $vm/install -cf - . | tar -C / -xf - --keep-directory-symlink --no-same-owner
    # The ciphers too: the kernel holds every XFRM request up while it loads them for the first SA.
    for module in veth bridge ip_gre ip6_gre esp4 esp6 xfrm_user nf_tables nft_ct algif_aead \
        aesni_intel gcm ghash_generic seqiv cbc authenc echainiv; do
        modprobe "$module" 2>/dev/null
    done
    sysctl -qw net.ipv6.conf.default.accept_dad=0 kernel.printk_ratelimit=0
    # What the daemons read from a core: nothing may be written there.
    ulimit -c 0
} >/dev/null 2>&1

claim() { # takes the next scenario from the queue, or fails; mv is atomic between guests
    local file
    for file in "$vm"/queue/*; do
        [ -f "$file" ] || return 1
        if mv "$file" "$vm/claimed/$worker" 2>/dev/null; then
            scenario=$(cat "$vm/claimed/$worker")
            [ -n "$scenario" ] && return 0
        fi
    done
    return 1
}

# Processes and namespaces other than the guest's own: a scenario has to leave none.
leftovers() {
    local tries pids
    for tries in 1 2 3 4 5 6 7 8 9 10; do
        pids=$(for ns in /proc/[0-9]*/ns/net; do
            [ "$(readlink "$ns")" = "$own_net" ] || echo "$ns"
        done 2>/dev/null)
        [ -z "$pids" ] && [ "$(ip -o link show type veth | wc -l)" = 0 ] && return 1
        sleep 0.2
    done
    return 0
}

run_one() {
    local dir=$vm/out/$scenario limit start status seconds
    limit=$(sed -n 's/^# timeout: \([0-9]*\).*/\1/p' "$vm/scenarios/$scenario.sh" | head -1)
    mkdir -p "$dir"
    start=$(cut -d' ' -f1 /proc/uptime)
    # Everything that it starts lives in these namespaces and ends with them.
    SCENARIO=$scenario OUT=$dir START=$start LIMIT=${limit:-300} \
        unshare --mount --net --pid --ipc --uts --fork --kill-child --mount-proc --propagation private \
        bash "$vm/lib.sh" "$vm/scenarios/$scenario.sh" 3>&1 </dev/null >"$dir/log" 2>&1
    status=$?
    seconds=$(awk -v a="$start" '{ printf "%d", $1 - a + 0.5 }' /proc/uptime)
    if leftovers; then
        touch "$dir/failed"
        say "FAIL $scenario: it left processes or devices behind; the guest starts anew"
        dirty=1
    fi
    [ $status -eq 0 ] || touch "$dir/failed"
    say "done $scenario ${seconds}s"
    : >"$vm/claimed/$worker"
}

prepare
own_net=$(readlink /proc/self/ns/net)
touch "$vm/out/booted.$worker"
dirty=0
while [ $dirty = 0 ] && claim; do run_one; done
sync
echo o >/proc/sysrq-trigger
sleep 60
