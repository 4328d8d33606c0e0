#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The first process of one host of a scenario: gives it a file system of its own (an overlay on the guest's),
# then reaps what is left to it. Started by host_new in fresh namespaces.
set -e
name=$1 dir=$2
hostname "$name"
mount -t tmpfs tmpfs "$dir"
mkdir -p "$dir"/{upper,work,root}
mount -t overlay -o "lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" overlay "$dir/root"
cd "$dir/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys # read-only: so NetworkManager knows that there is no udev
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs var/tmp
mount --bind /tmp tmp # shared by the hosts of a scenario: logs and captures are there
mount -t tmpfs tmpfs var/lib/NetworkManager
mkdir -p run/dbus run/NetworkManager run/lock
# It calls ifupdown's scripts, which are not ours to test.
rm -f etc/NetworkManager/dispatcher.d/01-ifupdown etc/NetworkManager/conf.d/* usr/lib/NetworkManager/conf.d/*
rm -f etc/NetworkManager/system-connections/*
# Nothing for it to dispatch to, and it costs half a second at each change of a device.
rm -f usr/share/dbus-1/system-services/org.freedesktop.nm_dispatcher.service
mkdir -p .outer
pivot_root . .outer
umount -l /.outer
rmdir /.outer
ip link set lo up
sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 || true
touch "/tmp/h/$name/ready"
# shellcheck disable=SC2086
[ -z "${HOST_INIT:-}" ] || exec $HOST_INIT # a scenario's own first process
trap : CHLD
while :; do
    sleep infinity &
    wait
done
