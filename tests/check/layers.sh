#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The layers of src/ (docs/architecture.md). Each folder's Makefile.inc begins with the layers that it may use, and
# an include that names another one is refused; so is a layer that uses one above itself. Every external name
# begins with the name of its file, or of the module that the file is a part of (peer-load.c of peer.h).
cd "$top_srcdir" || exit 1
echo 1..4
wrong=
result() { # NUMBER TEXT
    [ -z "$wrong" ] || printf '%s\nnot ' "$wrong" | sed 's/^\(.*[^ ]\)$/# \1/'
    echo "ok $1 - $2"
    wrong=
}

order=$(sed -n 's|^include src/\(.*\)/Makefile.inc$|\1|p' src/Makefile.inc)
for layer in $order; do
    uses=" $(sed -n '1s/^# uses: *//p' "src/$layer/Makefile.inc") $layer "
    below=" shared $(echo "$order" | sed "/^$layer\$/q" | tr '\n' ' ') "
    for used in $uses; do
        case $below in *" $used "*) ;; *) wrong="$wrong
src/$layer/Makefile.inc: uses $used, which is no layer below it" ;; esac
    done
    for file in src/"$layer"/*.[ch]; do
        for include in $(sed -n 's/^#include "\(.*\)"$/\1/p' "$file"); do
            case $include in
                config.h) continue ;;
                */*) used=${include%%/*} ;;
                gre-*) used=shared ;;
                *) used="(none: write it with its folder)" ;;
            esac
            case $uses in *" $used "*) ;; *) wrong="$wrong
$file: includes \"$include\", and src/$layer/Makefile.inc does not list $used" ;; esac
        done
    done
done
result 1 "every include of src/ goes to its own layer or to one that its Makefile.inc lists below it"

for include in $(sed -n 's/^#include "\(.*\)"$/\1/p' shared/*.[ch] | sort -u); do
    case $include in config.h | gre-*) ;; *) wrong="$wrong
shared/ includes \"$include\"" ;; esac
done
result 2 "shared/ includes nothing but its own files"

for folder in src/*; do
    [ "$folder" = src/Makefile.inc ] || echo "$order" | grep -qx "${folder#src/}" || wrong="$wrong
$folder: no layer of src/Makefile.inc"
done
result 3 "src/ has folders only, and each is a layer"

# A definition at the left edge: its name begins the line below its type, or, for data, follows it.
modules=" $(for header in src/*/*.h shared/*.h; do basename "${header%-private.h}" .h; done | tr '\n' ' ') "
names() { # FILE: its external functions and data
    awk '/^[a-z_0-9]+\(/ && last !~ /^(static|G_DEFINE)/ && last ~ /^[A-Za-z]/ { sub(/\(.*/, ""); print }
        /^(const )?[A-Z][A-Za-z]+ (\*?const )?\*?[a-z_0-9]+(\[.*\])? = / { sub(/(\[.*)? = .*/, ""); sub(/.*[ *]/, ""); print }
        /^const char \*const [a-z_0-9]+\[.*\] = / { sub(/\[.*/, ""); sub(/.*[ *]/, ""); print }
        { last = $0 }' "$1"
}
count=0
for file in src/*/*.c shared/*.c; do
    base=$(basename "$file" .c)
    for name in $(names "$file"); do
        [ "$name" != main ] || continue
        count=$((count + 1))
        module=$base
        while :; do
            prefix=$(echo "$module" | tr - _)
            case $module in gre-* | vici-*) ;; *) prefix=gre_$prefix ;; esac
            case $name in "$prefix" | "$prefix"_*)
                [ "$module" = "$base" ] && break
                case $modules in *" $module "*) break ;; esac ;;
            esac
            case $module in
                *-*) module=${module%-*} ;;
                *) wrong="$wrong
$file: $name does not begin with the file's name"
                    break ;;
            esac
        done
    done
done
[ "$count" -gt 500 ] || wrong="$wrong
only $count external names found"
result 4 "every external name begins with the name of its file or module"
