# SPDX-License-Identifier: GPL-2.0-or-later
"""nm-connection-editor: adds a tunnel, opens it again and changes it."""

import sys

from a11y import Program, keyboard, mouse, nmcli, picture, report, run, wait_profile

look = sys.argv[1] if len(sys.argv) > 1 else "light"

FIRST = {"remote": "198.51.100.7", "ip4": "10.0.0.1/30", "ipsec": "psk",
         "ipsec-psk": "a long and secret key"}


def steps(editor):
    report(editor.find("combo box", "GRE Tunnel", 60) is not None,
           "nm-connection-editor lists GRE Tunnel")
    editor.press("push button", "Create…")
    editor.find(None, "Peer")
    report(editor.wait_live("push button", "Save", False), "a page without a peer can't be saved")
    editor.type("Connection name", "site b")
    editor.type("Peer", "300.1.1.1")
    report(editor.is_there("label", "An IP address of one machine, or a DNS name"),
           "a wrong address is told beside its field")
    picture("connection-editor-%s-wrong" % look)
    editor.type("Peer", "198.51.100.7")
    editor.type("IPv4 inside", "10.0.0.1/30")
    report(editor.wait_live("push button", "Save", True), "with a peer it can")
    editor.press("menu item", "IPsec with a certificate or raw key")
    picture("connection-editor-%s-pubkey" % look)
    editor.press("menu item", "IPsec with a pre-shared key")
    report(editor.wait_live("push button", "Save", False), "nor can one without its pre-shared key")
    editor.type("Pre-shared key", "a long and secret key")
    report(editor.wait_live("push button", "Save", True), "with it, it can")
    picture("connection-editor-%s-psk" % look)
    editor.press("push button", "Advanced…")
    editor.find(None, "Checksums")
    picture("connection-editor-%s-advanced" % look)
    mouse("mousemove", "640", "450")  # keys go to the window under the pointer
    keyboard("key", "Escape")
    editor.press("push button", "Save")
    if not wait_profile("site b", FIRST):
        return
    editor.close()
    change()


def change():
    uuid = nmcli("-g", "connection.uuid", "connection", "show", "site b").strip()
    editor = Program("nm-connection-editor", "--edit=" + uuid)
    editor.find(None, "Peer", 60)
    report(editor.text("Peer") == "198.51.100.7", "the page shows the peer again")
    editor.type("GRE key", "43")
    editor.press("push button", "Save")
    wait_profile("site b", dict(FIRST, key="43"))
    editor.close()


run("connection-editor-" + look, Program("nm-connection-editor", "--type=vpn", "--create"), steps)
