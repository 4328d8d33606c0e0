#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every string for people can be translated, and is, in every language there is.
#
# For people is what the command, the editors, the dialog for secrets, import and export say, and the errors
# of shared/; the service's own lines are the journal's, in English, and so is what src/remote/write-*.c,
# common*.c and src/mesh/mesh-frr.c write, which are configurations, and what src/client/metrics.c says of
# figures. A string is taken for text if it has two words; those that are none (names of keys, of programs) stand
# in not-translated.txt.
cd "$top_srcdir" || exit 1
export LC_ALL=C.UTF-8
for tool in "$XGETTEXT" "$MSGMERGE" "$MSGFMT"; do
    command -v "$tool" >/dev/null && [ "$tool" != : ] || { echo "1..0 # SKIP no gettext here"; exit 0; }
done
. tests/check/collect

# The options that the catalogues are made with.
options=$(sed -n '/^XGETTEXT_OPTIONS/,/[^\\]$/p' po/Makevars | sed 's/^XGETTEXT_OPTIONS *=//;s/\\$//' | tr '\n' ' ')
strings() { # FILE OPTION…: its msgids, a line for each
    file=$1
    shift
    # shellcheck disable=SC2086
    "$XGETTEXT" $options "$@" -o - "$file" | awk '
        function tell() { if (inside && text != "") print text; inside = 0 }
        /^(msgid|msgid_plural) / { tell(); inside = 1; sub(/^[a-z_]* /, ""); text = "" }
        /^msgstr/ { tell() }
        inside { text = text substr($0, 2, length($0) - 2) }
        END { tell() }'
}

# --- marked ---
grep -v '^#' po/POTFILES.in >"$work/potfiles"
while read -r file; do
    [ -f "$file" ] || { echo "$file: named in po/POTFILES.in and not there"; continue; }
    [ -n "$(strings "$file")" ] || echo "$file: named in po/POTFILES.in and without text for people"
done <"$work/potfiles" >"$work/wrong"
result "every file in po/POTFILES.in is there and has text for people"

for file in shared/*.c src/import/*.c src/remote/*.c src/mesh/*.c src/client/*.c src/doctor/*.c src/cli/*.c \
    properties/*.c auth-dialog/*.c; do
    case $file in src/remote/write-* | src/remote/common* | src/mesh/mesh-frr.c | src/client/metrics.c) continue ;; esac
    strings "$file" >"$work/marked"
    echo "$file" >>"$work/seen"
    strings "$file" --extract-all 2>/dev/null | grep -E '(^|[^%[:alnum:]])[[:alpha:]]{2,} |[[:alpha:]] [[:alpha:]]{2,}' |
        grep -vxFf "$work/marked" | grep -vxFf tests/check/not-translated.txt | sed "s|^|$file: |"
done >"$work/wrong"
[ "$(wc -l <"$work/seen")" -ge 20 ] || echo "only $(wc -l <"$work/seen") files seen" >>"$work/wrong"
result "every text for people goes through gettext (if it is none: tests/check/not-translated.txt)"

for file in properties/*.ui auth-dialog/*.ui; do
    [ -f "$file" ] || continue
    grep -nE '<property name="(label|title|subtitle|description|tooltip[-_]text|placeholder[-_]text|text)"' "$file" |
        grep -vE 'translatable="(yes|no)"' | grep -E '>[^<]*[[:alpha:]]{2}' | sed "s|^|$file:|"
done >"$work/wrong"
result "every text in a .ui file says whether it is to be translated"

# --- translated ---
# shellcheck disable=SC2086
"$XGETTEXT" $options --files-from="$work/potfiles" -o "$work/all.pot"
[ "$(grep -c '^msgid ' "$work/all.pot")" -gt 200 ] || echo "hardly any strings found" >"$work/wrong"
result "the template can be made"
languages=$(grep -v '^#' po/LINGUAS)
for file in po/*.po; do
    language=$(basename "$file" .po)
    echo "$languages" | grep -qxF "$language" || echo "$file: not in po/LINGUAS"
done >"$work/wrong"
result "every catalogue is in po/LINGUAS"

for language in $languages; do
    "$MSGFMT" --check -o /dev/null "po/$language.po" >"$work/wrong" 2>&1
    result "$language: the catalogue is well-formed, and takes the same values as the program's texts"
    "$MSGMERGE" -q --no-fuzzy-matching -o "$work/$language.po" "po/$language.po" "$work/all.pot" 2>"$work/wrong"
    "$MSGFMT" --statistics -o /dev/null "$work/$language.po" 2>"$work/figures"
    if grep -qE 'fuzzy|untranslated' "$work/figures" || ! grep -q translated "$work/figures"; then
        cat "$work/figures"
        echo "make -C po update-po, then translate what is empty or fuzzy in po/$language.po:"
        awk 'BEGIN { RS = ""; FS = "\n" } /\nmsgstr(\[[0-9]\])? ""$/ || /#, .*fuzzy/ { print }' "$work/$language.po"
    fi >>"$work/wrong"
    result "$language: every text is translated, none is fuzzy"
done
echo "1..$n"
