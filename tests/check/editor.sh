#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The editor in a small host program (tests/desktop/test-editor.c), once for each GTK that it is built for, on
# an X server of its own. What can't be run here is a case that is skipped, and says why.
work=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
# Neither a session bus nor a person's settings; of GTK's own caches nothing is given back at exit.
export GTK_A11Y=none NO_AT_BRIDGE=1 GSETTINGS_BACKEND=memory GSK_RENDERER=cairo GDK_BACKEND=x11 GDK_DEBUG=gl-disable HOME="$work"
export XDG_RUNTIME_DIR="$work" G_SLICE=always-malloc
export GRE_TEST_PLUGIN="$top_builddir/properties/.libs/libnm-vpn-plugin-gre.so"
export LSAN_OPTIONS="suppressions=$top_srcdir/tests/desktop/lsan.supp:print_suppressions=0:$LSAN_OPTIONS"
n=0
skip() { n=$((n + 1)); echo "ok $n - $1 # SKIP $2"; }

if command -v Xvfb >/dev/null; then
    Xvfb -displayfd 3 -screen 0 1280x900x24 -noreset -nolisten tcp 3>"$work/display" 2>"$work/xvfb" &
    server=$!
    for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
    DISPLAY=:$(cat "$work/display")
    export DISPLAY
fi
for gtk in gtk3 gtk4; do
    program=$top_builddir/tests/desktop/test-editor-$gtk
    [ -x "$program" ] || { skip "$gtk" "not configured (--with-gtk4, --without-gnome)"; continue; }
    [ -n "$server" ] || { skip "$gtk" "there is no Xvfb"; continue; }
    "$program" --tap >"$work/$gtk" 2>&1
    status=$?
    awk -v n="$n" -v gtk="$gtk" '
        /^(not )?ok / { sub(/ok [0-9]+ /, "ok " ++n " " gtk " "); print; next }
        /^[0-9]+\.\./ { next }
        /DEBUG/ { next }
        { sub(/^(# )?/, "# "); print }' "$work/$gtk"
    n=$((n + $(grep -cE '^(not )?ok ' "$work/$gtk")))
    n=$((n + 1))
    [ $status -eq 0 ] || printf 'not '
    echo "ok $n - $gtk ends with status $status"
done
echo "1..$n"
