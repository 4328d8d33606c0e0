#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every C file is formatted as clang-format 14 does it with .clang-format. Other versions format differently, so that
# with them the check is skipped.
cd "$top_srcdir" || exit 1
need=14
CLANG_FORMAT=${CLANG_FORMAT:-$(command -v clang-format-$need || echo clang-format)}
version=$("$CLANG_FORMAT" --version 2>/dev/null | sed -n 's/.*clang-format version \([0-9]*\)\..*/\1/p')
case $version in
    $need) ;;
    '') echo "1..0 # SKIP no clang-format $need here"; exit 0 ;;
    *) echo "1..0 # SKIP clang-format is version $version here, and the files are formatted by $need"; exit 0 ;;
esac

echo 1..2
# What a build in the tree makes lies one folder deeper than any file of ours in properties/.
files=$(printf '%s\n' auth-dialog/*.[ch] man/*.[ch] properties/*.[ch] shared/*.[ch] src/*/*.[ch] tests/*/*.[ch])
count=$(printf '%s\n' "$files" | wc -l)
[ "$count" -ge 300 ] || printf '# only %s files found\nnot ' "$count"
echo "ok 1 - the C files are found"

# shellcheck disable=SC2086
said=$("$CLANG_FORMAT" --dry-run -Werror $files 2>&1) && said= || : "${said:=$CLANG_FORMAT failed}"
wrong=$(printf '%s\n' "$said" | sed -n "s|^\([^ :]*\.[ch]\):[0-9]*:[0-9]*: error: .*|$CLANG_FORMAT -i \1|p" | sort -u)
[ -z "$said" ] || printf '%s\n' "${wrong:-$said}" | sed 's/^/# /'
[ -z "$said" ] || printf 'not '
echo "ok 2 - every C file is as clang-format $need has it"
