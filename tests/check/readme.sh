#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md is one page and leads to every other page; scenario 95 runs every block that the pages mark; their links
# lead somewhere; the tests that they name exist; and what they say that the programs print is in the programs' sources.
cd "$top_srcdir" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
scenario=tests/vm/scenarios/95-readme.sh
pages="README.md $(echo docs/*.md)"
n=0
passes() { # TEXT FILE: passes if the file is empty, else shows it
    n=$((n + 1))
    [ ! -s "$2" ] || { sed 's/^/# /' "$2"; printf 'not '; }
    echo "ok $n - $1"
}

size=$(wc -c <README.md)
[ "$size" -le 9000 ] && : >"$work/a" || echo "it has $size bytes" >"$work/a"
passes "README.md has at most 9000 bytes" "$work/a"
for page in docs/*.md; do grep -qF "]($page" README.md || echo "$page"; done >"$work/a"
passes "README.md links to every page in docs/" "$work/a"

# --- blocks: those that are marked, those that the scenario runs, and those that it has always run
sed -n 's/^<!-- \(run\|file\|see\): \([^ ]*\) -->$/\1: \2/p' $pages | sort >"$work/marked"
awk '/^<!-- (run|file|see): / { mark = $0; next }
    mark != "" { if ($0 !~ /^```/) print FILENAME ": no block follows " mark; mark = "" }' $pages >"$work/a"
uniq -d "$work/marked" >>"$work/a"
passes "every mark is followed by a block, and stands once" "$work/a"
sed 's/#.*//' "$scenario" | grep -oE '(type_in|put_file) [a-z] [^ )"]+|block "see: [a-z]+' | grep -v '\$' |
    sed 's/^type_in . /run: /;s/^put_file . /file: /;s/^block "//' | sort -u >"$work/run"
diff "$work/marked" "$work/run" | sed -n 's/^</not run:/p;s/^>/on no page:/p' >"$work/a"
passes "scenario 95 runs every marked block and no other" "$work/a"
for block in run:add-a run:first-a run:first-b run:first-look run:server-a run:server-b run:native-a run:native-b \
    run:native-look run:peer-a run:mesh-a run:plain-b run:cisco-a run:gateway-a run:comma-a run:firewall run:ipv6-a \
    run:ipv6-b file:/root/mesh/sites.yaml file:/etc/swanctl/conf.d/site-a.conf \
    file:/etc/NetworkManager/system-connections/site-b6.nmconnection see:policies; do
    grep -qxF "${block%%:*}: ${block#*:}" "$work/run" || echo "$block"
done >"$work/a"
passes "no block that was run before is gone" "$work/a"

# --- links: to files, and to headings as a forge names them
anchors() { # PAGE
    sed -n '/^```/,/^```/d;s/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^[:alnum:] _-]//g;s/ /-/g'
}
for page in $pages tests/vm/README.md; do
    grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//;s/)$//' | grep -v '^https\?:' | sort -u | while read -r link; do
        file=${link%%#*}
        case $link in
        '#'*) file=$page ;;
        *) file=$(dirname "$page")/$file ;;
        esac
        [ -e "$file" ] || { echo "$page: $link: there is no such file"; continue; }
        case $link in *'#'*) anchors "$file" | grep -qxF "${link#*#}" || echo "$page: $link: no such heading" ;; esac
    done
done >"$work/a"
passes "links between the pages lead to a file and a heading" "$work/a"

# --- tests: the last column of docs/security.md's tables of boundaries
awk -F ' *[|] *' '/^\| boundary / { inside = 1; next }
    inside && !/^\|/ { inside = 0 }
    inside { print $5 }' docs/security.md | grep -oE '`[^`]+`' | tr -d '`' | sort -u >"$work/tests"
while read -r name; do
    case $name in
    test-*) file=tests/unit/$name.c ;;
    fuzz-*) file=tests/fuzz/$name.c ;;
    [0-9]*) file=tests/vm/scenarios/$name.sh ;;
    *.sh) file=tests/check/$name ;;
    *) file=$name ;;
    esac
    [ -e "$file" ] || echo "$name: there is no $file"
done <"$work/tests" >"$work/a"
[ "$(wc -l <"$work/tests")" -ge 20 ] || echo "only $(wc -l <"$work/tests") tests found" >>"$work/a"
passes "the tests that docs/security.md names exist" "$work/a"

# --- messages: in tables after <!-- messages -->, first column; "…" stands for any text
find src shared -name '*.[ch]' -exec cat {} + | tr '\n' ' ' | sed 's/\\"/"/g;s/" *"//g' >"$work/sources"
awk -F ' *[|] *' '/^<!-- messages -->$/ { inside = 1; next }
    inside && /^$/ { inside = 0 }
    inside && $2 ~ /^`/ { print $2 }' docs/troubleshooting.md | grep -oE '`[^`]+`' | tr -d '`' >"$work/messages"
sed -n 's/^\(error\|warning\): \(.*\): .*/\2/p' docs/troubleshooting.md >>"$work/messages" # the doctor's sample
while read -r message; do
    echo "$message" | sed 's/ *… */\n/g' | while read -r part; do
        [ -z "$part" ] || [ "$part" = "," ] || grep -qF -- "$part" "$work/sources" || echo "$message: no \"$part\""
    done
done <"$work/messages" >"$work/a"
[ "$(wc -l <"$work/messages")" -ge 20 ] || echo "only $(wc -l <"$work/messages") messages found" >>"$work/a"
passes "the programs print the messages that docs/troubleshooting.md explains" "$work/a"
echo "1..$n"
