#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source file stands in its directory's Makefile.inc (one that doesn't is neither built nor shipped), and
# in po/POTFILES.in where it has text for people.
cd "$top_srcdir" || exit 1
echo 1..2
missing=
for file in $(printf '%s\n' */*.[ch] src/*/*.[ch] | grep -v ^tests/) tests/unit/*.[ch] tests/fuzz/*.[ch]; do
    [ -e "$file" ] || continue
    list=${file%/*}/Makefile.inc
    name=$file
    case $file in tests/*) list=tests/Makefile.inc name="${file%.c}(\\.c)?" ;; esac # a program's name will do
    grep -qE "(^|[[:space:]])$name([[:space:]]|\$)" "$list" || missing="$missing $file"
done
[ -z "$missing" ] || printf '# in no Makefile.inc:%s\nnot ' "$missing"
echo "ok 1 - every source file is listed"

missing=
text='(^|[^[:alnum:]_])N?_\("|translatable="yes"|<component '
for file in $(grep -lE "$text" $(printf '%s\n' */*.c src/*/*.c */*.ui */*.metainfo.xml.in | grep -vE '^tests/|\*')); do
    grep -qxF "$file" po/POTFILES.in || missing="$missing $file"
done
[ -z "$missing" ] || printf '# not in po/POTFILES.in:%s\nnot ' "$missing"
echo "ok 2 - every file with text for people is known to the translators"
