#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual pages and --help have the same commands, options and exit statuses, and groff finds no fault.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
man=$top_srcdir/man
n=0
same() { # FILE FILE TEXT: the first is --help's
    n=$((n + 1))
    if [ -s "$1" ] && difference=$(diff "$1" "$2"); then
        echo "ok $n - $3"
    else
        printf '%s\n' "$difference" | sed 's/^/# /;s/^# </# --help:/;s/^# >/# man page:/'
        echo "not ok $n - $3"
    fi
}
# -x and --xyz; of a man page only those that begin a paragraph of their own (.TP)
in_help() { grep -E '^  +-' | grep -oE -- '(^|[ ,])--?[a-z][a-z-]*' | tr -d ' ,' | sort -u; }
in_man() { awk '/^\.TP/ { getline; print }' | sed 's/\\-/-/g;s/\\f.//g' | grep -oE -- '(^|[ ,"])--?[a-z][a-z-]*' |
    tr -d ' ,"' | sort -u; }
# The part of a page below a heading, up to the next one.
part() { # PAGE "SS nm-gre status"
    sed 's/\\-/-/g' "$1" | awk -v title=".$2" '
        /^\.S[HS] / { inside = index($0, title) == 1 && substr($0, length(title) + 1) ~ /^( |$)/; next }
        inside'
}
exits_in_man() { part "$1" "SH EXIT STATUS" | awk '/^\.TP/ { getline; sub(/^\.B /, ""); number = $0; getline; print number, $0 }'; }

commands=$("$top_builddir/src/nm-gre" --list-commands)
"$top_builddir/src/nm-gre" --help >"$work/help"
"$top_builddir/src/nm-gre-service" --help >"$work/help-service"

sed -n '/^Commands:/,/^$/p' "$work/help" | awk 'NR > 1 && NF { print $1 }' >"$work/a"
grep '^\.SS nm.-gre' "$man/nm-gre.1" | awk '{ print $3 }' >"$work/b"
same "$work/a" "$work/b" "nm-gre(1) has the commands of --help"
echo "$commands" >"$work/b"
same "$work/a" "$work/b" "which are all that there are"
in_help <"$work/help" >"$work/a"
part "$man/nm-gre.1" "SH OPTIONS" | in_man >"$work/b"
same "$work/a" "$work/b" "nm-gre(1) has the options of nm-gre --help"
for command in $commands; do
    "$top_builddir/src/nm-gre" "$command" --help >"$work/help-command"
    in_help <"$work/help-command" | grep -vxE -- '-h|--help' >"$work/a"
    part "$man/nm-gre.1" "SS nm-gre $command" | in_man >"$work/b"
    [ "$command" != help ] || echo none | tee -a "$work/a" >>"$work/b" # so that neither is empty
    same "$work/a" "$work/b" "and those of nm-gre $command --help"
    sed -n '/^Exit status:/,$p' "$work/help-command" >"$work/a"
    sed -n '/^Exit status:/,/^$/p' "$work/help" | grep . >"$work/b"
    same "$work/a" "$work/b" "which tells the same exit statuses as nm-gre --help"
done
sed -n '/^Exit status:/,/^$/p' "$work/help" | awk '/^  [0-9]/ { $1 = $1; print }' >"$work/a"
exits_in_man "$man/nm-gre.1" >"$work/b"
same "$work/a" "$work/b" "nm-gre(1) has the exit statuses of --help"
in_help <"$work/help-service" >"$work/a"
part "$man/nm-gre-service.8" "SH OPTIONS" | in_man >"$work/b"
same "$work/a" "$work/b" "nm-gre-service(8) has the options of nm-gre-service --help"

# nm-settings-gre(5) is what its generator makes of the property table, and has each key once.
"$top_builddir/man/generate-settings" "$man/nm-settings-gre.5.in" >"$work/a"
same "$work/a" "$man/nm-settings-gre.5" "nm-settings-gre(5) is up to date (make update-man)"
sed -n 's/^{ \.name = "\([^"]*\)".*/\1/p' "$top_srcdir/shared/gre-property.c" | sort >"$work/a"
awk '/^\.TP$/ { getline; print }' "$man/nm-settings-gre.5" | sed -n 's/\\-/-/g;s/^\.B \([a-z][a-z0-9-]*\)$/\1/p' |
    sort >"$work/b"
same "$work/a" "$work/b" "nm-settings-gre(5) has every key of the property table, once"
for page in nm-gre.1 nm-gre-service.8; do
    n=$((n + 1))
    part "$man/$page" "SH SEE ALSO" | grep -q '^\.BR nm-settings-gre (5)' || printf 'not '
    echo "ok $n - $page names nm-settings-gre(5)"
done

for page in nm-gre.1 nm-gre-service.8 nm-settings-gre.5; do
    n=$((n + 1))
    command -v "$GROFF" >/dev/null || { echo "ok $n - groff and $page # SKIP no groff here"; continue; }
    words=$("$GROFF" -t -man -Tutf8 -ww -rCHECKSTYLE=3 "$man/$page" 2>&1 >"$work/page")
    [ -z "$words" ] && [ -s "$work/page" ] || { printf '%s\n' "$words" | sed 's/^/# /'; printf 'not '; }
    echo "ok $n - groff finds no fault in $page"
done
echo "1..$n"
