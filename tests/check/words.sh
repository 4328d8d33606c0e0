#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One word for one thing: no text for users has a word that gave way to another. Texts are all strings of the programs,
# the manual pages, README.md, docs/, installed data and the translations; not comments, nor what is for developers
# (CONTRIBUTING.md, docs/architecture.md), which names files and quotes these words.
cd "$top_srcdir" || exit 1
export LC_ALL=C.UTF-8
command -v "${XGETTEXT:=xgettext}" >/dev/null && [ "$XGETTEXT" != : ] || { echo "1..0 # SKIP no gettext here"; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Each text is one line, its file, a tab and the text, so that no line break hides a word.
catalogue() { # KEYWORD: what begins with it in the catalogue on stdin, without marks of mnemonics
    awk -v keyword="$1" '
        function give() { if (text != "") print file "\t" text; text = "" }
        /^#: / { give(); file = $2 }
        /^msg/ { give(); inside = index($1, keyword) == 1; sub(/^[^"]*/, "") }
        inside && /^"/ { text = text substr($0, 2, length($0) - 2) }
        END { give() }' | sed 's/\\n/ /g;s/\\"/"/g;s/_//g'
}
find auth-dialog properties shared src -name '*.[ch]' -o -name '*.ui' | sort | "$XGETTEXT" --extract-all --from-code=UTF-8 \
    --add-location=file --omit-header --files-from=- --output=- 2>/dev/null | catalogue msgid >"$work/strings"
for page in README.md docs/*.md man/*.[158] man/*.in data/*; do
    case $page in docs/architecture.md | *.inc | *.svg) continue ;; esac
    printf '%s\t%s\n' "$page" "$(sed 's/^\.[A-Z]* //;s/\\-/-/g;s/\\f.//g' "$page" | tr '\n' ' ')"
done >"$work/pages"
sed 's/in clear text/in cleartext/g' "$work/strings" "$work/pages" >"$work/English"
n=1
[ "$(wc -l <"$work/strings")" -ge 3000 ] && [ "$(wc -l <"$work/pages")" -ge 20 ] || printf 'not '
echo "ok $n - there are $(wc -l <"$work/strings") strings and $(wc -l <"$work/pages") pages"

# TEXTS WORD PATTERN…: extended regular expressions of the words that it replaces. A pattern in lower case is any case's.
check() {
    texts=$1 word=$2
    shift 2
    for pattern; do
        expression="^([^	]*	)(.*[^[:alnum:]])?(($pattern)([^[:alnum:]].*)?)\$"
        case $pattern in *[A-Z]*) fold= ;; *) fold=I ;; esac
        sed -nE "s/$expression/# \1\3/${fold}p" "$work/$texts" | cut -c 1-90
    done >"$work/found"
    n=$((n + 1))
    [ ! -s "$work/found" ] || { sort -u "$work/found"; printf 'not '; }
    echo "ok $n - $texts says \"$word\", and nothing else for it"
}
check English peer '(other|far|near)[- ]end' 'other side' 'over there'
check English local 'this (end|side)'
check English property '"KEY="' KEY=VALUE
check English "stale SA" 'half[- ]open' '(the|its|old|their|any) remains'
check English "raw public key" 'bare (public )?keys?'
check English "in clear text" 'in clear'
check English route 'way to (the |its |a )?(peer|host|gateway)'
check English restart 'reviv(e|es|ed|al|ing)' '(bring|brings|bringing|brought) ((it|them|tunnels?) )?back'
check English "evidence and fix" 'mend(s|ed|ing)?' 'seen:'
check English vendor '(another|any|each|every|other|several) makes?'

for language in de fr ja zh_CN; do catalogue msgstr <"po/$language.po" >"$work/$language"; done
check de Gegenstelle 'andere[mnrs]? (ende|seite)s?'
check de lokal 'eigene[mnrs]? (adresse|identität|schlüssel|zertifikat)s?'
check de "roher öffentlicher Schlüssel" 'öffentliche[mnrs]? schlüssel (ohne zertifikat|für sich allein)'
check de "vorinstallierter Schlüssel" 'vorab vereinbarte[mnrs]?'
check fr pair 'correspondants?' "l[’']autre (bout|côté|extrémité)"
check ja 対向側 '.*相手.*' '.*ピア(側|の).*'
check ja 自側 '.*こちら.*'
check zh_CN 对端 '.*另一端[在的].*' '.*对方.*'
echo "1..$n"
