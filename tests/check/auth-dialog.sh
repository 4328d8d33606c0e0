#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# nm-gre-auth-dialog as a secret agent runs it: what it prints for which profile, hints and options. Its window
# is another program, in whose place a script stands here.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 LANGUAGE=
# Beside it is nothing but what is put there.
cp "$top_builddir/auth-dialog/nm-gre-auth-dialog" "$work/dialog" || exit 1
n=0
result() { # STATUS TEXT
    n=$((n + 1))
    [ "$1" = 0 ] || printf 'not '
    echo "ok $n - $2"
}
same() { # TEXT: what was printed is what stands in $work/expected
    difference=$(diff "$work/expected" "$work/out")
    status=$?
    [ -z "$difference" ] || printf '%s\n' "$difference" | sed 's/^/# /;s/^# </# expected:/;s/^# >/# printed:/'
    result $status "$1"
}
equal() { # TEXT EXPECTED FOUND
    [ "$2" = "$3" ] || printf '# expected: %s\n# found: %s\n' "$2" "$3"
    [ "$2" = "$3" ]
    result $? "$1"
}
item() { printf '%s_KEY=%s\n%s_VAL=%s\n\n' "$1" "$2" "$1" "$3"; } # DATA|SECRET NAME VALUE
profile() { # KEY=VALUE… -KEY=VALUE (a secret): as agents write it
    for pair in "$@"; do
        case $pair in
            -*) key=${pair#-} && item SECRET "${key%%=*}" "${pair#*=}" ;;
            *) item DATA "${pair%%=*}" "${pair#*=}" ;;
        esac
    done
    printf 'DONE\nQUIT\n'
}
psk() { profile remote=192.0.2.2 ipsec=psk "$@"; }
key() { profile remote=192.0.2.2 ipsec=pubkey ipsec-ca=/ca ipsec-private-key=/key "$@"; }
dialog() { # OPTION…
    "$work/dialog" -u 7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11 -n "Site B" -s org.freedesktop.NetworkManager.gre \
        "$@" >"$work/out" 2>"$work/err"
}
external() { dialog --external-ui-mode "$@"; }
expect() { # DESCRIPTION [NAME VALUE LABEL ASK]…
    {
        printf '[VPN Plugin UI]\nVersion=2\nTitle=Authentication for the tunnel "Site B"\nDescription=%s\n' "$1"
        shift
        while [ $# -gt 0 ]; do
            printf '\n[%s]\nValue=%s\nLabel=%s\nIsSecret=true\nShouldAsk=%s\n' "$1" "$2" "$3" "$4"
            shift 4
        done
    } >"$work/expected"
}
needed='A secret is needed to bring up the tunnel "Site B".'
label='Pre-shared key'

# --- external UI mode -------------------------------------------------------------------------------

psk | external -i
expect "$needed" ipsec-psk "" "$label" true
same "a key that isn't there is asked for"
psk | external
expect "$needed" ipsec-psk "" "$label" false
same "not without leave"
psk -ipsec-psk=raclette | external -i
expect "$needed" ipsec-psk raclette "$label" false
same "one that is there isn't asked for"
psk -ipsec-psk=raclette | external -i -r
expect "$needed" ipsec-psk raclette "$label" true
same "but when it is asked for anew"
psk ipsec-psk-flags=1 -ipsec-psk=raclette | external -i
expect "$needed" ipsec-psk raclette "$label" false
same "the agent's own key is taken"
psk ipsec-psk-flags=2 -ipsec-psk=raclette | external -i
expect "$needed" ipsec-psk "" "$label" true
same "a key that isn't saved is asked for each time"
psk ipsec-psk-flags=3 -ipsec-psk=raclette | external -i
same "also if the agent owns it"
psk ipsec-psk-flags=4 | external -i
expect "$needed"
same "one that isn't required is not"
psk ipsec-psk-flags=4 -ipsec-psk=raclette | external -i -r
expect "$needed" ipsec-psk raclette "$label" false
same "but told if it is there"
message="wrong pre-shared key"
psk ipsec-psk-flags=1 -ipsec-psk=raclette | external -i -t ipsec-psk -t "x-vpn-message:$message"
expect "$message" ipsec-psk raclette "$label" true
same "a key that the peer refused is asked for, with the reason"
psk ipsec-psk-flags=4 | external -i -t ipsec-psk
expect "$needed" ipsec-psk "" "$label" true
same "also if it isn't required"
psk -ipsec-psk=raclette | external -i -t ipsec-private-key-password -t remote -t nonsense
expect "$needed" ipsec-psk raclette "$label" false
same "hints that the profile has no use for count for nothing"
profile protects=tun2b ipsec=psk | external -i
expect "$needed" ipsec-psk "" "$label" true
same "a companion needs its key as well"
profile remote=192.0.2.2 | external -i
expect "$needed"
same "a tunnel without IPsec needs nothing"
key | external -i
same "nor does a key file that may have no password"
key ipsec-private-key-password-flags=2 | external -i
expect "$needed" ipsec-private-key-password "" "Password or PIN of the private key" true
same "one whose password is asked for does"
key -ipsec-private-key-password=raclette | external -i
expect "$needed" ipsec-private-key-password raclette "Password or PIN of the private key" false
same "and one whose password is there tells it"

# --- the input --------------------------------------------------------------------------------------

{
    item DATA remote 192.0.2.2
    item DATA ipsec psk
    # blanks, backslashes and further lines, as an agent writes and a keyfile escapes them
    printf 'SECRET_KEY=ipsec-psk\nSECRET_VAL=  a\\b\n= c\t d\n==e\n\nDONE\n'
} | external -i
expect "$needed" ipsec-psk '\s\sa\\b\n c	 d\n=e' "$label" false
same "a secret of several lines with characters that a keyfile escapes"
printf 'DATA_KEY=remote\nDATA_VAL=192.0.2.2\nDATA_KEY=ipsec\nDATA_VAL=psk\nNEWER=thing\nDONE\n' | external -i
expect "$needed" ipsec-psk "" "$label" true
same "empty lines may be missing, and unknown ones are skipped"
printf 'DATA_KEY=remote\nDATA_VAL=192.0.2.2\n\0DATA_KEY=ipsec\nDATA_VAL=psk\n\nDONE' | external -i
same "NUL is a line's end, and DONE needs none"
refuses() { # TEXT COMMAND…: what the command prints is refused with one line, and nothing is printed
    text=$1
    shift
    "$@" >"$work/in"
    dialog --external-ui-mode -i <"$work/in"
    equal "$text: exit status" 1 $?
    equal "$text: one line, nothing printed" "1 0" "$(wc -l <"$work/err") $(wc -c <"$work/out")"
}
unfinished() { psk | sed /DONE/d; }
too_much() {
    printf 'DATA_KEY=remote\nDATA_VAL='
    head -c 600000 /dev/zero | tr '\0' x
    printf '\nDONE\n'
}
refuses "no input" true
refuses "no end of the input" unfinished
refuses "a value of the other kind" printf 'DATA_KEY=remote\nSECRET_VAL=x\nDONE\n'
refuses "a value without a key" printf 'DATA_VAL=x\nDONE\n'
refuses "a key without a value" printf 'DATA_KEY=remote\nDONE\n'
refuses "a profile that is wrong" psk kee=1
refuses "a secret among the data" psk ipsec-psk=raclette
equal "which isn't quoted" 0 "$(grep -c raclette "$work/err")"
refuses "too much" too_much
psk | "$work/dialog" -n x -s org.freedesktop.NetworkManager.gre >"$work/out" 2>&1
equal "no --uuid" 2 $?
psk | "$work/dialog" -u x -n x -s org.freedesktop.NetworkManager.openvpn >"$work/out" 2>&1
equal "another VPN service" 2 $?
psk -ipsec-psk=raclette | external -i --of-a-newer-agent
equal "an option that it doesn't know" 0 $?

# --- lines, and the window --------------------------------------------------------------------------

psk -ipsec-psk=raclette | dialog
printf 'ipsec-psk\nraclette\n\n\n' >"$work/expected"
same "without external UI mode what is there is printed as lines"
psk | dialog
printf '\n\n' >"$work/expected"
same "or that there is nothing"
psk | dialog -i
equal "a window that isn't installed" 1 $?
equal "is told" 1 "$(grep -c nm-gre-auth-dialog-gtk "$work/err")"
window() { # COMMAND…
    printf '#!/bin/sh\ncat >%s/asked\n%s\n' "$work" "$*" >"$work/nm-gre-auth-dialog-gtk"
    chmod 755 "$work/nm-gre-auth-dialog-gtk"
}
window "printf 'ipsec-psk\\n fondue\\nremote\\nx\\n'"
psk ipsec-psk-flags=1 -ipsec-psk=raclette | dialog -i -r
printf 'ipsec-psk\n fondue\n\n\n' >"$work/expected"
same "what the window was given is printed"
expect "$needed" ipsec-psk "" "$label" true
cp "$work/asked" "$work/out"
same "the window is told what to ask for, and no secret"
psk -ipsec-psk=raclette | dialog -i
printf 'ipsec-psk\nraclette\n\n\n' >"$work/expected"
same "there is none where nothing is to be asked for"
window "exit 1"
psk | dialog -i
equal "nothing was given: exit status" 1 $?
equal "and nothing is printed" 0 "$(wc -c <"$work/out")"
window 'kill -KILL $$'
psk | dialog -i
equal "a window that crashes" 1 $?

rm -f "$work/in"
mkfifo "$work/in"
dialog <"$work/in" &
pid=$!
exec 3>"$work/in"
psk -ipsec-psk=raclette | sed /QUIT/d >&3
printf 'ipsec-psk\nraclette\n\n\n' >"$work/expected"
for i in $(seq 100); do
    cmp -s "$work/expected" "$work/out" && break
    sleep 0.1
done
same "the answer comes before QUIT"
kill -0 $pid
result $? "for which it waits"
printf 'QUIT\n' >&3
wait $pid
equal "and ends with it" 0 $?
exec 3>&-
echo "1..$n"
