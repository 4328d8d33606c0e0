# SPDX-License-Identifier: GPL-2.0-or-later
"""GNOME Settings: adds a tunnel, opens it again and changes it, imports one. In looks other than "light" only
its pages are visited, for their pictures."""

from a11y import (FOREIGN, IMPORTED, NOT_IMPORTED, ODD, SWANCTL, Program, add_odd, keyboard, keyfile, look, nmcli,
                  picture, report, run, wait_profile, walk, write)

PSK = "a long and secret key"
FIRST = {"remote": "198.51.100.7", "key": "42", "ipsec": "psk", "checksum": "yes", "ttl": "99", "ipsec-psk": PSK}


def steps(settings):
    settings.press("push button", "Add connection", 60)
    picture("types")
    report(settings.is_there("label", "GRE Tunnel"), "GNOME Settings lists GRE Tunnel")
    settings.click(settings.find("label", "GRE Tunnel"))
    settings.find(None, "Peer")
    picture("first")
    report(settings.wait_live("push button", "Add", False), "a page without a peer can't be added")
    settings.type("Peer", "300.1.1.1")
    report(settings.is_there("label", "A unicast IP address or a DNS name"),
           "a wrong address is told beside its field")
    picture("wrong")
    settings.type("Peer", "198.51.100.7")
    report(settings.wait_live("push button", "Add", True), "with a peer it can")
    settings.type("GRE key", "42")
    choose(settings, "Security", 2)
    if look == "light":
        choose_files(settings)
    picture("certificate")
    choose(settings, "Security", 1)
    report(settings.wait_live("push button", "Add", False), "nor can one without its pre-shared key")
    settings.type("Pre-shared key", PSK)
    report(settings.wait_live("push button", "Add", True), "with it, it can")
    settings.type("Name", "site b")
    picture("key")
    visit_advanced(settings)
    if look == "light":
        set_address(settings)
        finish(settings)


def visit_advanced(settings):
    settings.press("push button", "Advanced…")
    settings.find(None, "Checksums")
    picture("tunnel")
    settings.press("check box", "Checksums")
    settings.type("TTL", "99")
    choose_page(settings, "IPsec")
    picture("ipsec")
    keyboard("key", "Escape")


def choose_files(settings):
    for name in "Private key", "Local certificate", "CA certificate", "Peer’s certificate":
        path = write("%s.pem" % name.replace("’", "").replace(" ", "-"), "-----BEGIN\n")
        settings.press("push button", "Choose a file: " + name)
        settings.open_file(path)
        report(settings.text(name) == path, "the file chooser fills in: " + name)


def set_address(settings):
    """As the page says: on GNOME's own page IPv4."""
    report(settings.says("on the IPv4 and IPv6 pages"), "the page says where the addresses are set")
    choose_page(settings, "IPv4")
    page = settings.find("filler", "CEPageIP4")
    settings.click(settings.find("check box", "Manual", within=page))
    address, netmask = settings.all("text", "Address", page)[0], settings.all("text", "Netmask", page)[0]
    settings.type_into(address, "10.0.0.1")
    settings.type_into(netmask, "255.255.255.252")


def finish(settings):
    settings.press("push button", "Add")
    if not wait_profile("site b", FIRST, "NetworkManager holds what was entered"):
        return
    report(nmcli("-g", "ipv4.method,ipv4.addresses", "connection", "show", "site b") == "manual\n10.0.0.1/30\n",
           "with the tunnel's own address")
    change(settings)
    keep(settings)
    import_file(settings)
    refuse_file(settings)


def open_again(settings, name):
    row = settings.find("list item", name)
    settings.press_node([node for node in walk(row) if node.getRoleName() == "push button"][-1])
    settings.find("push button", "Apply")
    choose_page(settings, "Identity")


def apply(settings):
    settings.press("push button", "Apply")


def change(settings):
    """Looks, changes one field."""
    open_again(settings, "site b")
    report(settings.text("Peer") == "198.51.100.7", "the page shows the peer again")
    report(not settings.is_live("push button", "Apply"), "an unchanged profile can't be applied")
    picture("again")
    settings.type("GRE key", "43")
    report(settings.wait_live("push button", "Apply", True), "a changed one can")
    apply(settings)
    wait_profile("site b", dict(FIRST, key="43"), "NetworkManager holds the changed profile")


def keep(settings):
    """What a person doesn't touch stays as it was written, known here or not."""
    stored = add_odd()
    open_again(settings, "odd")
    report(settings.says("from-the-future"), "the page tells of a key that it doesn't know")
    picture("unknown")
    settings.type("GRE key", "1")
    settings.wait_live("push button", "Apply", True)
    settings.type("GRE key", "")
    apply(settings)
    wait_profile("odd", ODD, "what is saved unchanged is the same")
    report(keyfile("odd") == stored, "byte for byte, in its file")
    open_again(settings, "odd")
    settings.type("GRE key", "44")
    settings.wait_live("push button", "Apply", True)
    apply(settings)
    wait_profile("odd", dict(ODD, key="44"), "one field changes, what has none stays")


def start_import(settings, path):
    settings.press("push button", "Add connection")
    settings.click(settings.find("label", "Import from file…"))
    settings.open_file(path)


def import_file(settings):
    start_import(settings, write("branch.conf", SWANCTL))
    report(settings.text("Peer") == "198.51.100.9", "an imported swanctl.conf is shown")
    report(all(settings.says(text) for text in NOT_IMPORTED), "with what it says and a profile can't")
    picture("imported")
    report(settings.wait_live("push button", "Add", True), "and can be added")
    settings.press("push button", "Add")
    wait_profile("branch", IMPORTED, "NetworkManager holds what the file says, with its secret")
    open_again(settings, "branch")
    report(settings.text("Peer") == "198.51.100.9" and not settings.says(NOT_IMPORTED[1], 1),
           "what was said of the file isn't said of the profile")
    settings.press("push button", "Cancel")


def refuse_file(settings):
    before = nmcli("-t", "-f", "NAME", "connection", "show")
    start_import(settings, write("client.ovpn", FOREIGN))
    report(settings.says("OpenVPN"), "a file that isn't for us is refused, and says what it is")
    picture("refused")
    report(nmcli("-t", "-f", "NAME", "connection", "show") == before, "and leaves nothing")


def choose_page(settings, name):
    settings.click(settings.find("page tab|label", name))


def choose(program, name, place):
    """The entry of a list at this place, by keyboard."""
    program.click(program.find("combo box", name))
    keyboard("key", "Home")
    for _ in range(place):
        keyboard("key", "Down")
    keyboard("key", "Return")


run(Program("gnome-control-center", "network"), steps)
