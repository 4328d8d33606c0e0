#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The completions for zsh and fish know every option of nm-gre, with its argument, and no other; and what each shell
# offers, by the shell itself where tests/setup could unpack it.
cd "$top_srcdir" || exit 1
export LC_ALL=C.UTF-8
. tests/check/collect
nm_gre=$top_builddir/src/nm-gre
zsh=data/nm-gre.zsh-completion fish=data/nm-gre.fish-completion

# --- the options of each command: "COMMAND --OPTION" and "COMMAND --OPTION=" if it takes an argument
commands=$("$nm_gre" --list-commands)
for command in $commands; do
    "$nm_gre" --list-options "$command" | sed "s/^/$command /" | grep -v -e '--help$'
done | sort >"$work/there"
[ "$(wc -l <"$work/there")" -ge 15 ] || echo "only $(wc -l <"$work/there") options found" >"$work/wrong"
result "nm-gre has options"
awk '/^complete .*__nm_gre_is / && / -l / {
        text = $0; sub(/.*__nm_gre_is /, "", text); sub(/\047.*/, "", text); count = split(text, is, " ")
        text = $0; sub(/.* -l /, "", text); split(text, option, " ")
        for (i = 1; i <= count; i++) print is[i], "--" option[1] ($0 ~ / -[xr]( |$)/ ? "=" : "") }' "$fish" | sort >"$work/fish"
diff "$work/there" "$work/fish" >"$work/wrong"
result "the completion for fish has the same"
# zsh takes the names from nm-gre; its own are those of options with an argument.
grep '=$' "$work/there" | sed 's/=$//' >"$work/with"
while read -r command option; do
    sed -n '/^_nm_gre_argument/,/^}/p' "$zsh" | grep -E "^ +(.*\| )?(\*|$command)/(\(.*)?$option[|) ]|^ +(.*\| )?(\*|$command)/\(.*\|$option[|)]" |
        grep -q . || echo "$command $option: no argument in the completion for zsh"
done <"$work/with" >"$work/wrong"
result "the completion for zsh knows the options that take an argument"

# --- in the shells
cache=${NM_GRE_TEST_CACHE:-/var/cache/nm-gre-tests}/shells/tree
mkdir "$work/bin"
ln -s "$nm_gre" "$work/bin/nm-gre"
cat >"$work/bin/nmcli" <<'END'
#!/bin/sh
printf '%s\n' 'tun2b:ip-tunnel' 'tun 3:ip-tunnel' 'tun\:4:ip-tunnel' 'back\\slash:ip-tunnel' 'site-b:vpn' 'wan:802-3-ethernet'
END
chmod +x "$work/bin/nmcli"
PATH=$work/bin:$PATH
offers() { # SHELL "TYPED" OFFER…: what it offers for the line, in any order
    shell=$1 typed=$2
    shift 2
    printf '%s\n' "$@" | grep . | sort >"$work/wanted"
    "offers_$shell" "$typed" 2>"$work/said" | sort >"$work/offered"
    diff "$work/wanted" "$work/offered" >"$work/wrong"
    cat "$work/said" >>"$work/wrong"
    result "$shell: $typed"
}
cases() { # SHELL
    # shellcheck disable=SC2086
    offers "$1" "nm-gre " $commands ${2-}
    offers "$1" "nm-gre pro" protect
    offers "$1" "nm-gre metrics --format " openmetrics prometheus
    offers "$1" "nm-gre protect tun2b --persistent " yes no
    offers "$1" "nm-gre peer site-b --format net" networkd netplan
    offers "$1" "nm-gre help un" unprotect
    offers "$1" "nm-gre protect " tun2b 'tun 3' tun:4 'back\slash'
    offers "$1" "nm-gre status si" site-b
    offers "$1" "nm-gre watch --int" "--interval${3-}"
}

fish_program=$(command -v fish || echo "$cache/usr/bin/fish")
offers_fish() {
    HOME=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work "$fish_program" --no-config -c "source $fish; complete -C '$1'" |
        cut -f 1 | sed 's/\\\\\(.\)/\\\1/g;s/\\ / /g'
}
if [ -x "$fish_program" ] && "$fish_program" --no-config -c true 2>/dev/null; then
    cases fish
else
    n=$((n + 1))
    echo "ok $n - what fish offers # SKIP no fish here (tests/setup checks)"
fi

# zsh's completions only work in its line editor: compadd is one of ours, which prints what fits.
zsh_program=$(command -v zsh || echo "$cache/bin/zsh")
offers_zsh() {
    "$zsh_program" -f -c '
        compadd() {
            local suffix
            while [[ $1 == -* ]]; do
                case $1 in --) shift; break ;; -S) suffix=$2; shift 2 ;; *) shift ;; esac
            done
            local word
            for word; do [[ $word == "$PREFIX"* ]] && print -r -- "$word"; done
            return 0
        }
        compset() {
            [[ $1 == -P && $PREFIX == *=* ]] || return 1
            IPREFIX=${PREFIX%%=*}= PREFIX=${PREFIX#*=}
        }
        _files() { : }
        line=$1
        words=(${(z)line}) PREFIX= IPREFIX=
        if [[ $line == *" " ]]; then words+=("") else PREFIX=$words[-1]; fi
        CURRENT=$#words
        eval "$(grep -v "^_nm_gre \"\$@\"" "$2")"
        _nm_gre' zsh "$1" "$zsh"
}
if [ -x "$zsh_program" ] && "$zsh_program" -f -c true 2>/dev/null; then
    cases zsh '--help --version' =
else
    n=$((n + 1))
    echo "ok $n - what zsh offers # SKIP no zsh here (tests/setup checks)"
fi
echo "1..$n"
