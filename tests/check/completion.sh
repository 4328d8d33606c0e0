#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the completion for bash offers, with profiles whose names need care, by a real bash.
command -v bash >/dev/null || { echo "1..0 # SKIP no bash here"; exit 0; }
exec bash -s -- "$top_srcdir" "$top_builddir" <<'END'
top=$1 build=$2
export LC_ALL=C.UTF-8
nm-gre() { "$build/src/nm-gre" "$@"; }
nmcli() { # -t escapes ":" and "\"
    printf '%s\n' 'tun2b:ip-tunnel' 'tun 3 "x":ip-tunnel' 'tun\:4:ip-tunnel' 'back\\slash:ip-tunnel' \
        'site-b:vpn' 'Büro $HOME:vpn' 'wan:802-3-ethernet'
}

. "$top/data/nm-gre.bash-completion"

n=0
offers() { # "TYPED WORDS, split as bash does; the last is completed" OFFER…
    local words=$1
    shift
    eval "COMP_WORDS=($words)"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _nm_gre 2>"$work"
    n=$((n + 1))
    if [ "$(printf '%s|' "${COMPREPLY[@]}")" = "$(printf '%s|' "$@")" ] && ! [ -s "$work" ]; then
        echo "ok $n - $words"
    else
        printf '# wanted:  %s\n# offered: %s\n' "$(printf '%s|' "$@")" "$(printf '%s|' "${COMPREPLY[@]}")"
        sed 's/^/# /' "$work"
        echo "not ok $n - $words"
    fi
}
work=$(mktemp)
trap 'rm -f "$work"' EXIT


offers "nm-gre ''" add remove status watch protect unprotect doctor peer mesh metrics help --help --version
offers "nm-gre pro" protect
offers "nm-gre peer s" site-b
offers "nm-gre remove tun2" tun2b
offers "nm-gre add --kind = n" native
offers "nm-gre add --ipsec p" psk pubkey
offers "nm-gre add -p nm" nm-gre nmcli
offers "nm-gre add --peer = cis" cisco-ios
offers "nm-gre add -a s"
offers "nm-gre peer --show" --show-secrets
offers "nm-gre peer --format = n" nm-gre nmcli networkd netplan
offers "nm-gre peer site-b -f m" mikrotik
offers "nm-gre peer --show-secrets s" site-b
offers "nm-gre peer site-b --local ''"
offers "nm-gre mesh --seed" --seed-file=
offers "nm-gre frobnicate ''"
offers "nm-gre help un" unprotect
offers "nm-gre watch --" --json --interval= --help
offers "nm-gre protect --psk" --psk-file=
offers "nm-gre protect ''" tun2b 'tun\ 3\ \"x\"' 'tun:4' 'back\\slash'
offers "nm-gre protect t" tun2b 'tun\ 3\ \"x\"' 'tun:4'
offers "nm-gre protect 'tun\\ '" 'tun\ 3\ \"x\"'
offers "nm-gre protect \"'tun \"" 'tun 3 "x"'
offers "nm-gre protect tun : ''" 4
offers "nm-gre protect --json s"
offers "nm-gre status s" site-b
offers "nm-gre status Bü" 'Büro\ \$HOME'
offers "nm-gre status site-b w"
offers "nm-gre unprotect tun2" tun2b
offers "nm-gre doctor s" site-b
offers "nm-gre doctor --" --peer= --json --help
offers "nm-gre doctor --peer s"
offers "nm-gre protect tun2b --set ipsec-local" ipsec-local-id=
offers "nm-gre protect tun2b --set ipsec-psk" ipsec-psk-flags=
offers "nm-gre protect tun2b --set protects"
offers "nm-gre protect tun2b --set ipsec = p" psk pubkey
offers "nm-gre protect tun2b --set = ipsec-start = ''" initiate trap respond
offers "nm-gre protect tun2b --persistent = y" yes
offers "nm-gre protect tun2b --persistent ''" yes no
cd "$top"
offers "nm-gre protect tun2b --psk-file = REA" README.md
offers "nm-gre protect tun2b -f COP" COPYING
offers "nm-gre add --file COP" COPYING
offers "nm-gre mesh REA" README.md
offers "nm-gre mesh -o tes" tests
offers "nm-gre metrics -o REA" README.md
offers "nm-gre metrics -f p" prometheus
offers "nm-gre metrics --format = o" openmetrics
offers "nm-gre metrics R"
echo "1..$n"
END
