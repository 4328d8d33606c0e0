#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What software centres read is valid and translated, and the icon that it names is there and an SVG for 16 px.
made=$top_builddir/data/network-manager-gre.metainfo.xml
[ -x "$XMLLINT" ] || command -v "$XMLLINT" >/dev/null || { echo "1..0 # SKIP no xmllint here"; exit 0; }
n=0
check() { # TEXT: as the last command ended
    [ $? -eq 0 ] || printf 'not '
    n=$((n + 1))
    echo "ok $n - $1"
}
value() { "$XMLLINT" --nonet --xpath "string($1)" "$made" 2>/dev/null; }

if command -v "$APPSTREAMCLI" >/dev/null; then
    said=$("$APPSTREAMCLI" validate --no-net "$made" 2>&1) || { printf '%s\n' "$said" | sed 's/^/# /'; false; }
    check "appstreamcli finds no fault in the metainfo"
else
    n=1
    echo "ok 1 - the metainfo # SKIP no appstreamcli here"
fi
extended=0
for program in nm-connection-editor org.gnome.Settings gnome-control-center; do
    [ "$(value "count(/component[@type='addon']/extends[.='$program.desktop'])")" = 1 ] && extended=$((extended + 1))
done
[ $extended -eq 3 ]
check "it extends the programs that have editors for VPNs"
for language in $(grep -v '^#' "$top_srcdir/po/LINGUAS"); do
    lacks=
    for path in name summary description/p screenshots/screenshot/caption; do
        english=$(value "count(/component/$path[not(@xml:lang)])")
        [ "$english" -gt 0 ] && [ "$(value "count(/component/$path[@xml:lang='$language'])")" = "$english" ] ||
            lacks="$lacks $path"
    done
    [ -z "$lacks" ] || { echo "# in $language it lacks:$lacks"; false; }
    check "it is all there in $language"
done

url=$(sed -n 's/^PACKAGE_URL = //p' "$top_builddir/Makefile")
[ -n "$url" ] && [ "$(value "/component/url[@type='homepage']")" = "$url" ] && [ "$(value "/component/developer/name")" ]
check "it has the project's address and the developer"
lacks=
for image in $("$XMLLINT" --nonet --xpath '/component/screenshots/screenshot/image/text()' "$made" 2>/dev/null); do
    [ "${image#"$url/raw/main/docs/images/"}" != "$image" ] && [ -f "$top_srcdir/docs/images/${image##*/}" ] ||
        lacks="$lacks $image"
done
[ -z "$lacks" ] || echo "# not there:$lacks"
[ -z "$lacks" ] && [ "$(value 'count(//screenshot/image)')" -ge 2 ]
check "its screenshots are in docs/images"

icon=$top_srcdir/data/$(value "/component/icon[@type='stock']").svg
"$XMLLINT" --nonet --noout "$icon" 2>/dev/null
check "its icon is there, and well-formed"
[ "$("$XMLLINT" --nonet --xpath "concat(name(/*), ' ', /*/@width, ' ', /*/@height)" "$icon" 2>/dev/null)" = "svg 16 16" ]
check "and an SVG of 16 by 16"
echo "1..$n"
