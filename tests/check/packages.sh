#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What make install installs is in the packages: each file in one, and no package asks for a file that is not there. The
# .deb, the RPM and the PKGBUILD are of one version, take their files from the same lists, and do the same when they are
# installed and removed.
cd "$top_builddir" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
packaging=$top_srcdir/packaging
value() { sed -n "s/^$1 = //p" Makefile | head -1; }
n=0
passes() { # TEXT FILE: passes if the file is empty, else shows it
    n=$((n + 1))
    [ ! -s "$2" ] || { sed 's/^/# /' "$2"; printf 'not '; }
    echo "ok $n - $1"
}

lists="packaging/network-manager-gre.files packaging/network-manager-gre-gnome.files"
if [ -z "$(value systemdsystemunitdir)" ] || [ -z "$(value bashcompletiondir)" ]; then
    n=1
    echo "ok 1 - the lists # SKIP this build leaves out what packages have"
else
    # Without make's own variables, it is a make of its own.
    env -u MAKEFLAGS -u MAKELEVEL "${MAKE:-make}" install DESTDIR="$work/tree" >"$work/said" 2>&1 || cat "$work/said" >"$work/wrong"
    find "$work/tree" ! -type d | sed "s|^$work/tree||" | sort >"$work/installed"
    [ "$(wc -l <"$work/installed")" -ge 20 ] || echo "only $(wc -l <"$work/installed") files are installed" >>"$work/wrong"
    # shellcheck disable=SC2086
    while read -r file; do
        found=0
        for pattern in $(cat $lists); do
            # shellcheck disable=SC2254
            case $file in $pattern) found=$((found + 1)) ;; esac
        done
        [ $found -eq 1 ] || echo "$file: in $found packages"
    done <"$work/installed" >>"$work/wrong"
    # shellcheck disable=SC2086
    cat $lists | while read -r pattern; do
        case $pattern in
        */) [ -d "$work/tree$pattern" ] || echo "$pattern: no such folder" ;;
        *) ls "$work/tree"$pattern >/dev/null 2>&1 || echo "$pattern: no such file" ;;
        esac
    done >>"$work/wrong"
    passes "each file that is installed is in one package, and nothing else is" "$work/wrong"
fi

# --- one version, one address, everywhere
cd "$top_srcdir" || exit 1
version=$(sed -n 's/^AC_INIT(\[NetworkManager-gre\], \[\([^]]*\)\].*/\1/p' configure.ac)
url=$(sed -n 's/^m4_define(\[gre_url\], \[\(.*\)\])$/\1/p' configure.ac)
same() { # WHAT EXPECTED FOUND
    [ -n "$2" ] && [ "$2" = "$3" ] || echo "$1: \"$3\", expected \"$2\""
}
{
    same "NEWS, first line" "$version" "$(sed -n '1s/^NetworkManager-gre \([^ ]*\) .*/\1/p' NEWS)"
    same debian/changelog "$version" "$(sed -n '1s/.*(\(.*\)-[^-]*) .*/\1/p' packaging/debian/changelog)"
    same NetworkManager-gre.spec "$version" "$(sed -n 's/^Version: *//p' packaging/rpm/NetworkManager-gre.spec)"
    same PKGBUILD "$version" "$(sed -n 's/^pkgver=//p' packaging/arch/PKGBUILD)"
    same "metainfo, newest release" "$version" \
        "$(sed -n 's/.*<release version="\([^"]*\)".*/\1/p' data/network-manager-gre.metainfo.xml.in | head -1)"
} >"$work/wrong"
passes "NEWS, metainfo and packages are of configure.ac's version" "$work/wrong"
{
    same debian/control "$url" "$(sed -n 's/^Homepage: //p' packaging/debian/control)"
    same NetworkManager-gre.spec "$url" "$(sed -n 's/^URL: *//p' packaging/rpm/NetworkManager-gre.spec)"
    same PKGBUILD "$url" "$(sed -n "s/^url='\(.*\)'/\1/p" packaging/arch/PKGBUILD)"
} >"$work/wrong"
passes "the packages have configure.ac's address of the project" "$work/wrong"

# --- the same lists, the same steps
spec=packaging/rpm/NetworkManager-gre.spec
{
    for list in network-manager-gre network-manager-gre-gnome; do
        for file in $spec packaging/arch/PKGBUILD; do
            grep -q "packaging/$list\.files" $file || echo "$file does not read packaging/$list.files"
        done
        grep -qE "^lists = (.* )?$list( |\$)" packaging/debian/rules || echo "debian/rules does not read $list.files"
    done
    # What a package installs by name is in no list: documents and licences.
    sed -n '/^%files/,/^%changelog/p' $spec | grep '^[^%#]'
} >"$work/wrong"
passes "all packages take their files from the lists" "$work/wrong"
scriptlets() { sed -n '/^%\(post\|preun\|postun\)/,/^%files/p' $spec; }
debian() { cat packaging/debian/rules packaging/debian/*.post* packaging/debian/*.pre* packaging/arch/*.install; }
{
    scriptlets | grep -q '%systemd_post nm-gre.service' || echo "the RPM does not apply presets"
    scriptlets | grep -q '%systemd_preun nm-gre.service nm-gre-metrics.timer' || echo "the RPM does not stop the units"
    grep -qE 'dh_installsystemd .*--no-stop-on-upgrade .*nm-gre.service' packaging/debian/rules || echo "the .deb stops the service"
    grep -q 'stop nm-gre-metrics.timer' packaging/debian/*.prerm || echo "the .deb does not stop the timer"
    for steps in scriptlets debian; do
        $steps | grep -q 'systemctl.* reload NetworkManager.service' || echo "$steps: NetworkManager is not reloaded"
        $steps | grep -q 'systemctl try-reload-or-restart nm-gre.service' || echo "$steps: the service is not reloaded"
        $steps | grep -nE '(stop|restart) NetworkManager|restart nm-gre|postun_with_restart' |
            grep -v 'try-reload-or-restart' | sed "s/^/$steps: /"
        $steps | grep -q '/run/nm-gre' || echo "$steps: the service's state stays behind"
        $steps | grep -q 'node-exporter/nm-gre.prom' || echo "$steps: the figures stay behind"
    done
} >"$work/wrong"
passes "all packages reload the service and NetworkManager, and never stop either" "$work/wrong"
echo "1..$n"
