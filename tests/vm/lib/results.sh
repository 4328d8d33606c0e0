# SPDX-License-Identifier: GPL-2.0-or-later
# Results, waiting, and what can run at the same time.

# Under emulation a program costs 45 ms to start: what is called often does without.
now() { NOW=${EPOCHREALTIME/./}; NOW=${NOW%???}; } # sets NOW, in milliseconds
elapsed() { # sets ELAPSED: seconds since the scenario's start, with a tenth
    local uptime
    read -r uptime _ </proc/uptime
    ELAPSED=$((10#${uptime/./} / 10 - 10#${START/./} / 10)) # both have two decimals
    printf -v ELAPSED '%3d.%d' $((ELAPSED / 10)) $((ELAPSED % 10))
}
exec {never}<> <(:) # nothing ever comes from there
pause() { read -rt "$1" -u "$never"; } # SECONDS
pause_for() { # MILLISECONDS
    local seconds
    printf -v seconds '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
    pause "$seconds"
}
line() { # the scenario's line that is being run
    local i
    for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
        [[ ${BASH_SOURCE[i]} == */scenarios/* ]] && { echo "${BASH_LINENO[i - 1]}"; return; }
    done
    echo '?'
}
report() { # STATUS TEXT: to the runner, and into the scenario's own log
    local text
    elapsed
    printf -v text '%s %s [%s] %s' "$1" "$SCENARIO" "$ELAPSED" "${*:2}"
    echo "$text"
    echo "@@$text" >&3
}
ok() { report 'ok  ' "$*"; : >/tmp/passed; }
bad() {
    report FAIL "$* (line $(line))"
    : >/tmp/failed
}
info() { report info "$*"; }
explain() { sed 's/^/@@     | /' >&3; }
# TEXT CMD…: one result; what the command printed is shown where it fails.
check() {
    local what=$1 output=/tmp/check.$BASHPID
    shift
    "$@" >"$output" 2>&1 && { ok "$what"; return 0; }
    bad "$what"
    tail -8 "$output" | tee /dev/stderr | explain
    return 1
}
check_not() { # TEXT CMD…: the same for a command that has to fail
    check "$1" negated "${@:2}"
}
negated() { ! "$@"; }
# TEXT EXPECTED FOUND
check_equal() {
    [ "$2" = "$3" ] && { ok "$1"; return 0; }
    bad "$1: expected '$2', found '$3'"
    return 1
}
# TEXT VALUE -eq|-ge|-le|-gt|-lt LIMIT: whole numbers
check_number() {
    [ "$2" "$3" "$4" ] 2>/dev/null && { ok "$1 ($2)"; return 0; }
    bad "$1: $2 is not $3 $4"
    return 1
}
# Limits are those of a real machine. An emulated one is twenty times slower, and slower still on a busy host.
stretch=1
[[ $(</proc/cmdline) != *nm-gre-accel=tcg* ]] || stretch=3
wait_until() { # SECONDS CMD…: whether it succeeds within that time
    local end began output=/tmp/wait.$BASHPID
    now
    end=$((NOW + $1 * stretch * 1000))
    shift
    while :; do
        began=$NOW
        "$@" >"$output" 2>&1 && return 0
        now
        [ "$NOW" -lt "$end" ] || break
        pause_for $((200 + NOW - began)) # a look takes time from what is waited for: no more than half of it
        now
    done
    cat "$output"
    return 1
}
go() { "$@" & going+=($!); } # CMD…: beside what follows, until join
join() { # whether all that was started with go did well
    local pid status=0
    for pid in "${going[@]}"; do wait "$pid" || status=1; done
    going=()
    return $status
}
