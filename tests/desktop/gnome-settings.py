# SPDX-License-Identifier: GPL-2.0-or-later
"""GNOME Settings: adds a tunnel, opens it again and changes it."""

import sys

from a11y import Program, keyboard, mouse, picture, report, run, wait_profile, walk

look = sys.argv[1] if len(sys.argv) > 1 else "light"


def steps(settings):
    settings.press("push button", "Add connection", 60)
    picture("settings-%s-types" % look)
    report(settings.is_there("label", "GRE Tunnel"), "GNOME Settings lists GRE Tunnel")
    settings.click(settings.find("label", "GRE Tunnel"))
    settings.find(None, "Peer")
    picture("settings-%s-new" % look)
    report(settings.wait_live("push button", "Add", False), "a page without a peer can't be added")
    settings.type("Name", "site b")
    settings.type("Peer", "300.1.1.1")
    report(settings.is_there("label", "An IP address of one machine, or a DNS name"),
           "a wrong address is told beside its field")
    picture("settings-%s-wrong" % look)
    settings.type("Peer", "198.51.100.7")
    report(settings.wait_live("push button", "Add", True), "with a peer it can")
    settings.type("GRE key", "42")
    choose(settings, "Security", 2)
    picture("settings-%s-pubkey" % look)
    choose(settings, "Security", 1)
    report(settings.wait_live("push button", "Add", False), "nor can one without its pre-shared key")
    settings.type("Pre-shared key", "a long and secret key")
    report(settings.wait_live("push button", "Add", True), "with it, it can")
    picture("settings-%s-psk" % look)
    settings.press("push button", "Advanced…")
    settings.find(None, "Checksums")
    picture("settings-%s-advanced" % look)
    settings.press("check box", "Checksums")
    settings.type("TTL", "99")
    choose_page(settings, "IPsec")
    picture("settings-%s-advanced-ipsec" % look)
    mouse("mousemove", "300", "400")  # keys go to the window under the pointer
    keyboard("key", "Escape")
    settings.press("push button", "Add")
    if not wait_profile("site b", dict(FIRST)):
        return
    change(settings)


FIRST = {"remote": "198.51.100.7", "key": "42", "ipsec": "psk", "checksum": "yes", "ttl": "99",
         "ipsec-psk": "a long and secret key"}


def change(settings):
    """Opens it again from the list, looks, changes one field."""
    picture("settings-%s-list" % look)
    row = settings.find("list item", "site b")
    button = [node for node in walk(row) if node.getRoleName() == "push button"][-1]
    button.queryAction().doAction(0)
    settings.find("push button", "Apply")
    choose_page(settings, "Identity")
    report(settings.text("Peer") == "198.51.100.7", "the page shows the peer again")
    report(not settings.is_live("push button", "Apply"), "an unchanged profile can't be applied")
    picture("settings-%s-again" % look)
    settings.type("GRE key", "43")
    report(settings.wait_live("push button", "Apply", True), "a changed one can")
    settings.press("push button", "Apply")
    wait_profile("site b", dict(FIRST, key="43"))


def choose_page(settings, name):
    settings.click(settings.find("page tab|label", name))


def choose(program, name, place):
    """The entry of a list at this place, by keyboard."""
    program.click(program.find("combo box", name))
    keyboard("key", "Home")
    for _ in range(place):
        keyboard("key", "Down")
    keyboard("key", "Return")


run("settings-" + look, Program("gnome-control-center", "network"), steps)
