#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The command speaks the language of a real locale, and the service English: the catalogues as they are,
# locales made for the purpose (LANGUAGE alone does nothing in the locale C), and a command that looks for its
# catalogues below tests/locale of the build directory.
command -v localedef >/dev/null && [ -f /usr/share/i18n/locales/ja_JP ] ||
    { echo "1..0 # SKIP no sources of locales here"; exit 0; }
command -v "$MSGFMT" >/dev/null && [ "$MSGFMT" != : ] || { echo "1..0 # SKIP no gettext here"; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset LANGUAGE
export LOCPATH="$work"
# glibc keeps the parts of LOCPATH for ever, which a leak detector complains of.
echo 'leak:argz_add_sep' >"$work/suppressions"
export LSAN_OPTIONS="suppressions=$work/suppressions:print_suppressions=0"
command=$top_builddir/tests/check/nm-gre-here
n=0
check() { # TEXT: as the last command ended
    [ $? -eq 0 ] || printf 'not '
    n=$((n + 1))
    echo "ok $n - $1"
}
has() { # TEXT: in what the last try said
    grep -qF -- "$1" "$work/said" && return
    sed "s/^/# wanted: $1, said: /" "$work/said"
    return 1
}
try() { "$@" >"$work/said" 2>&1; } # PROGRAM ARGUMENT…

LC_ALL=C.UTF-8 "$command" --help >"$work/english"
LC_ALL=C.UTF-8 "$top_builddir/src/nm-gre-service" --help >"$work/service"
for each in ja:ja_JP zh_CN:zh_CN de:de_DE fr:fr_FR; do
    language=${each%:*} locale=${each#*:}
    localedef --no-archive -i "$locale" -f UTF-8 "$work/$locale.UTF-8" >/dev/null 2>&1
    mkdir -p "$top_builddir/tests/locale/$language/LC_MESSAGES"
    "$MSGFMT" -o "$top_builddir/tests/locale/$language/LC_MESSAGES/NetworkManager-gre.mo" "$top_srcdir/po/$language.po"
    export LC_ALL="$locale.UTF-8"
    case $language in
        ja) usage=使用方法: error="コマンド \"fly\" はありません" bus=システムバスに接続できません value=は使用できません ;;
        zh_CN) usage=用法： error="没有命令 \"fly\"" bus=无法连接系统总线 value=不被允许 ;;
        de) usage=Aufruf: error="Es gibt keinen Befehl »fly«" bus="Keine Verbindung zum Systembus" value="ist ungültig" ;;
        fr) usage=Utilisation error="il n’y a pas de commande" bus="le bus système est inaccessible" value="ne convient pas" ;;
    esac
    try "$command" --help
    has "$usage"
    check "$locale: nm-gre --help"
    # What may be the same in both is names.
    grep -E "[a-z]{2,} [a-z]{2,}" "$work/english" | grep -xFf - "$work/said" >"$work/same"
    [ ! -s "$work/same" ] || { sed 's/^/# /' "$work/same"; false; }
    check "$locale: no line of it is English"
    for subcommand in $("$command" --list-commands); do "$command" "$subcommand" --help; done >"$work/said" 2>&1
    ! grep -E 'Show the|Follow changes|Protect an|Undo protect|Find out|Print a' "$work/said" | sed 's/^/# /' | grep .
    check "$locale: nor of that of the subcommands"
    try "$command" fly
    [ $? -eq 2 ] && has "$error"
    check "$locale: an error, with the same exit status"
    try env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent "$command" status
    [ $? -eq 4 ] && has "$bus"
    check "$locale: one with a cause"
    try "$command" protect tun --set ipsec-ike-version=9
    [ $? -eq 2 ] && has "$value"
    check "$locale: what the property table has to say of a value"
    "$top_builddir/src/nm-gre-service" --help 2>&1 | cmp -s - "$work/service"
    check "$locale: the service speaks English, as the journal does"
done
rm -rf "$top_builddir/tests/locale"
echo "1..$n"
