# SPDX-License-Identifier: GPL-2.0-or-later
"""A person at the screen: finds widgets by role and by the name that a screen reader says, through AT-SPI,
and prints a line for everything that it checks. Names are given in English and looked for in the session's
language."""

import gettext
import os
import re
import subprocess
import sys
import time
import uuid

import pyatspi
from gi.repository import Gio, GLib

output = os.environ["OUTPUT"]
look = sys.argv[1] if len(sys.argv) > 1 else "light"
scale = int(os.environ.get("GDK_SCALE", "1"))
failed = 0


def report(good, what):
    global failed
    failed += 0 if good else 1
    print(("ok " if good else "FAIL ") + what, flush=True)
    return good


class NotThere(Exception):
    pass


def plain(label):
    """Without its mnemonic, as it is or as it is written for scripts without letters: "鍵(_K)"."""
    return re.sub(r"\s*\(_?[A-Za-z0-9]\)", "", label).replace("_", "")


def catalogue():
    """What the programs here say in the session's language: English -> all that it may be there."""
    language = os.environ["LC_ALL"].split(".")[0]
    words = {}
    for domain in "gtk30", "gtk40", "libnma", "nm-applet", "gnome-control-center-2.0", "NetworkManager-gre":
        found = gettext.find(domain, "/usr/share/locale", [language, language.split("_")[0]])
        if found:
            with open(found, "rb") as file:
                for text, said in gettext.GNUTranslations(file)._catalog.items():
                    if isinstance(text, str) and said:
                        words.setdefault(plain(text.split("\x04")[-1]), set()).add(plain(said))
    return words


words = catalogue()


def say(name):
    return words.get(name, {name})


def walk(node):
    try:
        children = list(node)
    except Exception:  # it went away meanwhile
        return
    for child in children:
        if child is not None:
            yield child
            yield from walk(child)


def matches(node, role, names):
    try:
        if role is not None and node.getRoleName() not in role.split("|"):
            return False
        return plain(node.name) in names
    except Exception:
        return False


class Program:
    def __init__(self, *command):
        self.log = open(os.path.join(output, os.path.basename(command[0]) + ".log"), "a")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.desktop = pyatspi.Registry.getDesktop(0)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:  # a dialog of its own may be open
            self.process.kill()
            self.process.wait()

    def all(self, role, name, within=None):
        # GTK 4.8 says a button's label with its mnemonic and without: "_Add Add".
        names = say(name) | {"%s %s" % (said, said) for said in say(name)}
        return [node for node in walk(within or self.desktop) if matches(node, role, names)]

    def find(self, role, name, seconds=20, within=None):
        """The last one: what opened last is what a person looks at."""
        end = time.time() + seconds
        while True:
            found = self.all(role, name, within)
            if found:
                return found[-1]
            if time.time() > end:
                raise NotThere("there is no %s called %s" % (role, " or ".join(say(name))))
            time.sleep(0.2)

    def is_there(self, role, name, seconds=3):
        try:
            return self.find(role, name, seconds) is not None
        except NotThere:
            return False

    def says(self, text, seconds=5):
        """Whether a label with this in it is there."""
        end = time.time() + seconds
        while time.time() < end:
            for node in walk(self.desktop):
                try:
                    if node.getRoleName() == "label" and any(said in node.name for said in say(text)):
                        return True
                except Exception:
                    pass
            time.sleep(0.2)
        return False

    def press(self, role, name, seconds=20, within=None):
        self.press_node(self.find(role, name, seconds, within))

    def press_node(self, node):
        if "Action" in node.get_interfaces() and node.queryAction().nActions > 0:
            node.queryAction().doAction(0)
            time.sleep(0.3)
        else:  # GTK 4.8's check buttons have none
            self.click(node)

    def click(self, node):
        """With the mouse: GTK 4's windows stand in the corner, there is no window manager."""
        box = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        keyboard("mousemove", str((box.x + box.width // 2) * scale),
                 str((box.y + box.height // 2) * scale), "click", "1")
        time.sleep(0.3)

    def turn_to(self, name):
        """To a page of GTK 3's notebooks, whose tabs have no action."""
        tab = self.find("page tab", name)
        tab.parent.querySelection().selectChild(tab.getIndexInParent())
        time.sleep(0.3)

    def field(self, name):
        """A text field that has this name, or a label that is for it (GTK 3's fields without one)."""
        try:
            return self.find("text|password text|entry|text box", name, 3)
        except NotThere:
            label = self.find("label", name)
            for relation in label.getRelationSet():
                if relation.getRelationType() == pyatspi.RELATION_LABEL_FOR:
                    return relation.getTarget(0)
            raise

    def type(self, name, text):
        self.type_into(self.field(name), text)

    def type_into(self, node, text):
        """As from a keyboard where the field takes no text otherwise."""
        try:
            node.queryEditableText().setTextContents(text)
        except NotImplementedError:
            self.click(node)
            keyboard("key", "ctrl+a")
            keyboard("type", "--delay", "20", text)
        time.sleep(0.2)

    def text(self, name):
        node = self.field(name).queryText()
        return node.getText(0, node.characterCount)

    def is_live(self, role, name):
        """Whether a button can be pressed."""
        return self.find(role, name).getState().contains(pyatspi.STATE_SENSITIVE)

    def wait_live(self, role, name, live, seconds=5):
        end = time.time() + seconds
        while self.is_live(role, name) != live:
            if time.time() > end:
                return False
            time.sleep(0.2)
        return True

    def open_file(self, path):
        """In the file chooser that is open: its entry for a location."""
        self.find("push button", "Open")
        time.sleep(0.5)
        keyboard("key", "ctrl+l")
        keyboard("key", "ctrl+a")
        keyboard("type", "--delay", "10", path)
        keyboard("key", "Return")
        time.sleep(0.5)

    def dump(self):
        def show(node, depth):
            for child in node:
                if child is not None:
                    self.log.write("  " * depth + "%s %r\n" % (child.getRoleName(), child.name))
                    show(child, depth + 1)
        show(self.desktop, 0)
        self.log.flush()


def keyboard(*arguments):
    """And mouse."""
    subprocess.run(["xdotool", *arguments], check=True)
    time.sleep(0.2)


def picture(name):
    keyboard("mousemove", str(1279 * scale), str(899 * scale))  # no tooltip in front of it
    time.sleep(0.7)
    subprocess.run(["import", "-window", "root", "+repage", os.path.join(output, name + ".png")], check=False)


def nmcli(*arguments):
    return subprocess.run(["nmcli", *arguments], capture_output=True, text=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8")).stdout


def ask_nm(path, interface, method, arguments=None):
    """What NetworkManager itself says, without a client between that escapes or leaves out."""
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    return bus.call_sync("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager" + path,
                         "org.freedesktop.NetworkManager." + interface, method, arguments, None,
                         Gio.DBusCallFlags.NONE, 10000, None).unpack()[0]


def profile(name):
    """Of a connection in NetworkManager: its keys and its secrets."""
    for path in ask_nm("/Settings", "Settings", "ListConnections"):
        path = path.removeprefix("/org/freedesktop/NetworkManager")
        settings = ask_nm(path, "Settings.Connection", "GetSettings")
        if settings["connection"]["id"] == name:
            secrets = ask_nm(path, "Settings.Connection", "GetSecrets", GLib.Variant("(s)", ("vpn",)))
            return {**settings["vpn"]["data"], **secrets.get("vpn", {}).get("secrets", {})}
    return None


def keyfile(name):
    """The vpn settings of a profile as they are stored."""
    files = [line.split(":", 1) for line in nmcli("-t", "-f", "NAME,FILENAME", "connection", "show").splitlines()]
    text, wanted = "", False
    with open(dict(files)[name]) as file:
        for line in file:
            wanted = line.startswith("[vpn") if line.startswith("[") else wanted
            text += line if wanted else ""
    return text


def wait_profile(name, expected, what, seconds=10):
    end = time.time() + seconds
    while time.time() < end and profile(name) != expected:
        time.sleep(0.2)
    found = profile(name)
    return report(found == expected, what + ("" if found == expected
                                             else ": %r instead of %r" % (found, expected)))


def write(name, text):
    """A file of the person's."""
    path = os.path.join(os.environ["HOME"], name)
    with open(path, "w") as file:
        file.write(text)
    return path


# A file as administrators have it, and what is to become of it.
SWANCTL = """\
connections {
    branch {
        version = 2
        local_addrs = 192.0.2.1
        remote_addrs = 198.51.100.9
        proposals = aes256-sha256-modp2048
        local {
            auth = psk
        }
        remote {
            auth = psk
        }
        children {
            gre {
                local_ts = dynamic[gre]
                remote_ts = dynamic[gre]
                mode = transport
                esp_proposals = aes256gcm16-modp2048
                updown = /usr/local/sbin/when-up
            }
        }
    }
}
secrets {
    ike-branch {
        id = 198.51.100.9
        secret = "the key, of \\"that\\" file"
    }
}
"""
IMPORTED = {"remote": "198.51.100.9", "local": "192.0.2.1", "ipsec": "psk", "ipsec-ike-version": "2",
            "ipsec-ike-proposals": "aes256-sha256-modp2048", "ipsec-esp-proposals": "aes256gcm16-modp2048",
            "ipsec-psk": "the key, of \"that\" file"}
NOT_IMPORTED = "Not imported, or needs checking", "gre.updown: \"/usr/local/sbin/when-up\" has no counterpart"
FOREIGN = "client\ndev tun\nremote vpn.example.org 1194\n"

# A profile that no editor would write so, with a key that none has a field for.
ODD = {"remote": "2001:DB8::7", "ttl": "0x40", "checksum": "true", "ipsec": "psk", "ipsec-ike-lifetime": "8h",
       "flow-label": "0x12", "from-the-future": "1 \\2 ä", "ipsec-psk": "0x0102", "other-secret": "x"}


def add_odd():
    """Returns what is stored."""
    secrets = {"ipsec-psk", "other-secret"}
    text = GLib.Variant("s", "odd"), GLib.Variant("s", str(uuid.uuid4())), GLib.Variant("s", "vpn")
    vpn = {"service-type": GLib.Variant("s", "org.freedesktop.NetworkManager.gre"),
           "data": GLib.Variant("a{ss}", {key: ODD[key] for key in ODD if key not in secrets}),
           "secrets": GLib.Variant("a{ss}", {key: ODD[key] for key in secrets})}
    ask_nm("/Settings", "Settings", "AddConnection", GLib.Variant("(a{sa{sv}})", (
        {"connection": dict(zip(("id", "uuid", "type"), text)), "vpn": vpn},)))
    return keyfile("odd")


def run(program, steps):
    """The steps of one test; what isn't there ends them."""
    try:
        steps(program)
    except Exception as error:
        program.dump()
        picture("failed")
        report(False, "%s: %s" % (type(error).__name__, error))
    program.close()
    raise SystemExit(1 if failed else 0)
