# SPDX-License-Identifier: GPL-2.0-or-later
"""nm-connection-editor: adds a tunnel, opens it again and changes it, imports one. In looks other than "light"
only its pages are visited, for their pictures."""

import pyatspi

from a11y import (FOREIGN, IMPORTED, NOT_IMPORTED, ODD, SWANCTL, Program, add_odd, keyboard, keyfile, look, nmcli,
                  picture, report, run, wait_profile, write)

PSK = "a long and secret key"
FIRST = {"remote": "198.51.100.7", "ip4": "10.0.0.1/30", "ipsec": "psk", "ipsec-psk": PSK}
NEW = "nm-connection-editor", "--type=vpn", "--create"


def steps(editor):
    report(editor.is_there("combo box", "GRE Tunnel", 60), "nm-connection-editor lists GRE Tunnel")
    editor.press("push button", "Create…")
    editor.find(None, "Peer")
    picture("first")
    report(editor.wait_live("push button", "Save", False), "a page without a peer can't be saved")
    editor.type("Connection name", "site b")
    editor.type("Peer", "300.1.1.1")
    report(editor.is_there("label", "A unicast IP address or a DNS name"),
           "a wrong address is told beside its field")
    picture("wrong")
    editor.type("Peer", "198.51.100.7")
    editor.type("IPv4 inside", "10.0.0.1/30")
    report(editor.wait_live("push button", "Save", True), "with a peer it can")
    editor.press("menu item", "IPsec with a certificate or raw public key")
    picture("certificate")
    editor.field("Peer’s public key").queryComponent().grabFocus()  # the page scrolls
    picture("certificate-end")
    editor.press("menu item", "IPsec with a pre-shared key")
    report(editor.wait_live("push button", "Save", False), "nor can one without its pre-shared key")
    if look == "light":
        store_key(editor)
    editor.type("Pre-shared key", PSK)
    report(editor.wait_live("push button", "Save", True), "with it, it can")
    editor.field("Pre-shared key").queryText().setCaretOffset(0)  # nothing is marked
    editor.find("push button", "Advanced…").queryComponent().grabFocus()
    picture("key")
    visit_advanced(editor)
    if look != "light":
        return
    editor.press("push button", "Save")
    if not wait_profile("site b", FIRST, "NetworkManager holds what was entered"):
        return
    editor.close()
    change()
    keep()
    import_file()
    refuse_file()


def visit_advanced(editor):
    editor.press("push button", "Advanced…")
    editor.find(None, "Checksums")
    picture("tunnel")
    editor.turn_to("IPsec")
    shown = editor.find("label", "IKE version").getState().contains(pyatspi.STATE_SHOWING)
    report(shown, "the advanced page has another for IPsec")
    picture("ipsec")
    keyboard("mousemove", "640", "450")  # keys go to the window under the pointer
    keyboard("key", "Escape")


def store_key(editor):
    """Shows what is typed; the menu of who keeps the key."""
    editor.type("Pre-shared key", PSK)
    report(PSK not in editor.text("Pre-shared key"), "what is typed is hidden")
    editor.press("check box", "Show: Pre-shared key")
    report(editor.text("Pre-shared key") == PSK, "until a person wants to see it")
    picture("shown")
    editor.press("check box", "Show: Pre-shared key")
    editor.press("radio button", "Ask for this password every time")
    report(editor.text("Pre-shared key") == "", "a key that is asked for every time isn't stored")
    report(editor.wait_live("push button", "Save", True), "the profile can be saved without it")
    picture("asked")
    editor.press("radio button", "Store the password for all users")
    report(editor.text("Pre-shared key") != "", "one that is stored after all is back")


def open_again(name):
    uuid = nmcli("-g", "connection.uuid", "connection", "show", name).strip()
    editor = Program("nm-connection-editor", "--edit=" + uuid)
    editor.find(None, "Peer", 60)
    return editor


def save(editor, name, expected, what):
    editor.wait_live("push button", "Save", True)
    editor.press("push button", "Save")
    wait_profile(name, expected, what)
    editor.close()


def change():
    editor = open_again("site b")
    report(editor.text("Peer") == "198.51.100.7", "the page shows the peer again")
    editor.type("GRE key", "43")
    save(editor, "site b", dict(FIRST, key="43"), "NetworkManager holds the changed profile")


def keep():
    """What a person doesn't touch stays as it was written, known here or not."""
    stored = add_odd()
    editor = open_again("odd")
    report(editor.says("from-the-future"), "the page tells of a key that it doesn't know")
    save(editor, "odd", ODD, "what is saved unchanged is the same")
    report(keyfile("odd") == stored, "byte for byte, in its file")
    editor = open_again("odd")
    editor.type("GRE key", "44")
    save(editor, "odd", dict(ODD, key="44"), "one field changes, what has none stays")


def start_import(path):
    editor = Program(*NEW)
    editor.find("combo box", "GRE Tunnel", 60)
    editor.press("menu item", "Import a saved VPN configuration…")
    editor.press("push button", "Create…")
    editor.open_file(path)
    return editor


def import_file():
    editor = start_import(write("branch.conf", SWANCTL))
    report(editor.text("Peer") == "198.51.100.9", "an imported swanctl.conf is shown")
    report(all(editor.says(text) for text in NOT_IMPORTED), "with what it says and a profile can't")
    picture("imported")
    save(editor, "branch", IMPORTED, "NetworkManager holds what the file says, with its secret")


def refuse_file():
    before = nmcli("-t", "-f", "NAME", "connection", "show")
    editor = start_import(write("client.ovpn", FOREIGN))
    report(editor.says("OpenVPN"), "a file that isn't for us is refused, and says what it is")
    picture("refused")
    report(nmcli("-t", "-f", "NAME", "connection", "show") == before, "and leaves nothing")
    editor.close()


run(Program(*NEW), steps)
