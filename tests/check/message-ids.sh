#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every line of the service's journal has an id for its kind, unless it is for debugging; nm-gre-service(8) lists the
# ids, and the journal's catalog explains each, in the table's order.
cd "$top_srcdir" || exit 1
export LC_ALL=C.UTF-8
. tests/check/collect

sed -n 's/^ *KIND(\([A-Z_]*\), *"\([0-9a-f]*\)").*/\2 \1/p' src/base/message-ids.h >"$work/table"
cut -d ' ' -f 1 "$work/table" >"$work/ids"
[ "$(wc -l <"$work/ids")" -ge 25 ] || echo "only $(wc -l <"$work/ids") ids found" >"$work/wrong"
sort "$work/ids" | uniq -d >>"$work/wrong"
result "there are ids, each of one kind"

while read -r id kind; do
    grep -rqw "GRE_MESSAGE_$kind" src --include='*.c' || echo "$kind"
done <"$work/table" >"$work/wrong"
result "every kind has lines"

grep -rnE '\bgre_(log|log_full|connection_log)\(' src --include='*.c' | grep -v '^src/base/' |
    grep -v 'LOG_DEBUG,' >"$work/wrong"
result "every line that is not for debugging has a kind (gre_log_kind())"

sed -n '/^\.SH JOURNAL/,/^\.TE/s/^\([0-9a-f]\{32\}\)|T{$/\1/p' man/nm-gre-service.8 >"$work/page"
diff "$work/ids" "$work/page" >"$work/wrong"
result "nm-gre-service(8) lists the ids of the table"

sed -n 's/^-- \([0-9a-f]*\)$/\1/p' data/nm-gre.catalog >"$work/catalog"
diff "$work/ids" "$work/catalog" >"$work/wrong"
result "the catalog has the ids of the table"

# Of each: the page's words are the subject, and a text follows.
awk '/^\.SH JOURNAL/ { inside = 1 } inside && /\|T\{$/ { getline; print toupper(substr($0, 1, 1)) substr($0, 2) }
    inside && /^\.TE/ { exit }' man/nm-gre-service.8 >"$work/page"
sed -n 's/^Subject: //p' data/nm-gre.catalog >"$work/catalog"
diff "$work/page" "$work/catalog" >"$work/wrong"
result "the page and the catalog call a kind the same"

if command -v journalctl >/dev/null && journalctl --help | grep -q -e --update-catalog; then
    mkdir -p "$work/root/usr/lib/systemd/catalog" "$work/root/var/lib/systemd/catalog"
    cp data/nm-gre.catalog "$work/root/usr/lib/systemd/catalog/"
    journalctl --root="$work/root" --update-catalog >"$work/said" 2>&1 || cp "$work/said" "$work/wrong"
    grep -iE 'nm-gre.catalog:[0-9]+' "$work/said" >>"$work/wrong"
    [ -s "$work/root/var/lib/systemd/catalog/database" ] || echo "no database was made" >>"$work/wrong"
    while read -r id; do
        grep -qF "$(sed -n "/^-- $id\$/,/^Subject/s/^Subject: //p" data/nm-gre.catalog)" \
            "$work/root/var/lib/systemd/catalog/database" || echo "$id is not in the database"
    done <"$work/ids" >>"$work/wrong"
    result "journalctl makes a database of the catalog"
fi
echo "1..$n"
