# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts: namespaces with a file system and processes of their own.

host_pid() { echo "$(<"$hosts/$1/pid")"; }
inside() { echo "/proc/$(host_pid "$1")/root$2"; } # HOST PATH: the same file, seen from here
host_new() { # HOST…: bare hosts, no daemons
    local name pid
    for name in "$@"; do
        mkdir -p "$hosts/$name/fs"
        unshare --mount --net --pid --ipc --uts --fork --kill-child --propagation private \
            bash "$vm/host.sh" "$name" "$hosts/$name/fs" </dev/null 3>&- >"$hosts/$name/host.log" 2>&1 &
        echo $! >"$hosts/$name/unshare"
    done
    for name in "$@"; do
        wait_until "$PATIENCE" test -e "$hosts/$name/ready" || { bad "host $name does not start"; return 1; }
        pid=$(cat "$hosts/$name/unshare")
        awk '{ print $1 }' "/proc/$pid/task/$pid/children" >"$hosts/$name/pid"
    done
}
host_destroy() { # HOST…: as if its power were cut
    local name
    for name in "$@"; do
        kill -KILL "$(cat "$hosts/$name/unshare")"
        mv "$hosts/$name" "$hosts/.gone-$name-$RANDOM"
    done
}
on() { # HOST CMD…: run there
    local pid
    read -r pid <"$hosts/$1/pid" || return 1
    nsenter -t "$pid" -m -n -p -i -u -- "${@:2}"
}
sh_on() { on "$1" bash -c "${*:2}"; }
background() { # HOST LOG CMD…: a daemon there, its output in the host's LOG
    local host=$1 log=$hosts/$1/$2
    shift 2
    on "$host" setsid "$@" </dev/null 3>&- >>"$log" 2>&1 &
}
alive() { on "$1" pgrep -x "$2" >/dev/null; } # HOST PROCESS (15 characters at most)
end() {                                      # HOST SIGNAL PROCESS: sends it and waits for the end
    on "$1" pkill "-$2" -x "$3" || return 1
    wait_until "$PATIENCE" negated alive "$1" "$3"
}
