# SPDX-License-Identifier: GPL-2.0-or-later
# The engine's kernel side, without daemons: every option of a device as the kernel holds it, endpoints and
# names that are taken, the barrier against real packets, nftables where XFRM isn't asked, ways to peers.
# also: debian13
host_new a
on a /usr/libexec/nm-gre-tests/kernel-check >$OUT/kernel-check 2>&1
status=$?
cat $OUT/kernel-check
while read -r word text; do
    case $word in
        ok) passed=$((passed + 1)) ;;
        FAIL) bad "$text" ;;
    esac
done <$OUT/kernel-check
check_equal "kernel-check ends well" 0 $status
check_number "kernel-check makes enough checks" "${passed:-0}" -gt 300
