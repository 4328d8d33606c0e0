# SPDX-License-Identifier: GPL-2.0-or-later
"""A person at the screen: finds widgets by role and by the name that a screen reader says, through AT-SPI,
and prints a line for everything that it checks."""

import os
import subprocess
import time

import pyatspi

output = os.environ["OUTPUT"]
failed = 0


def report(good, what):
    global failed
    failed += 0 if good else 1
    print(("ok " if good else "FAIL ") + what, flush=True)
    return good


class NotThere(Exception):
    pass


def walk(node):
    try:
        children = list(node)
    except Exception:  # it went away meanwhile
        return
    for child in children:
        if child is not None:
            yield child
            yield from walk(child)


def matches(node, role, name):
    try:
        # GTK 4.8 says a button's mnemonic and its label: "_Add Add".
        said = node.name in (name, "%s %s" % (name, name)) or node.name.replace("_", "") == name + " " + name
        return said and (role is None or node.getRoleName() in role.split("|"))
    except Exception:
        return False


class Program:
    def __init__(self, *command):
        self.log = open(os.path.join(output, os.path.basename(command[0]) + ".log"), "a")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.desktop = pyatspi.Registry.getDesktop(0)

    def close(self):
        self.process.terminate()
        self.process.wait()

    def all(self, role, name):
        return [node for node in walk(self.desktop) if matches(node, role, name)]

    def find(self, role, name, seconds=20):
        """The last one: what opened last is what a person looks at."""
        end = time.time() + seconds
        while time.time() < end:
            found = self.all(role, name)
            if found:
                return found[-1]
            time.sleep(0.3)
        raise NotThere("there is no %s called %r" % (role, name))

    def is_there(self, role, name):
        return bool(self.all(role, name))

    def press(self, role, name, seconds=20):
        node = self.find(role, name, seconds)
        try:
            node.queryAction().doAction(0)
            time.sleep(0.7)
        except Exception:  # GTK 4.8's check buttons have none
            self.click(node)
        return node

    def click(self, node):
        """With the mouse: the windows stand in the corner, there is no window manager."""
        box = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        scale = int(os.environ["GDK_SCALE"])
        mouse("mousemove", str((box.x + box.width // 2) * scale),
              str((box.y + box.height // 2) * scale), "click", "1")
        time.sleep(0.7)

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
        """Into a text field, as from a keyboard where the field takes no text otherwise."""
        node = self.field(name)
        try:
            node.queryEditableText().setTextContents(text)
        except NotImplementedError:
            self.click(node)
            keyboard("key", "ctrl+a")
            keyboard("type", "--delay", "30", text)
        time.sleep(0.5)

    def text(self, name):
        node = self.field(name).queryText()
        return node.getText(0, node.characterCount)

    def is_live(self, role, name):
        """Whether a button can be pressed."""
        return self.find(role, name).getState().contains(pyatspi.STATE_SENSITIVE)

    def wait_live(self, role, name, live, seconds=5):
        end = time.time() + seconds
        while time.time() < end and self.is_live(role, name) != live:
            time.sleep(0.2)
        return self.is_live(role, name) == live

    def dump(self):
        def show(node, depth):
            for child in node:
                if child is not None:
                    self.log.write("  " * depth + "%s %r\n" % (child.getRoleName(), child.name))
                    show(child, depth + 1)
        show(self.desktop, 0)
        self.log.flush()


def mouse(*arguments):
    keyboard(*arguments)


def keyboard(*arguments):
    subprocess.run(["xdotool", *arguments], check=True)
    time.sleep(0.3)


def picture(name):
    mouse("mousemove_relative", "--", "4000", "4000")  # no tooltip in front of it
    time.sleep(1.5)
    subprocess.run(["import", "-window", "root", os.path.join(output, name + ".png")], check=False)


def nmcli(*arguments):
    return subprocess.run(["nmcli", *arguments], capture_output=True, text=True).stdout


def profile(name):
    """Of a connection in NetworkManager: its keys and its secrets."""
    text = nmcli("-s", "-g", "vpn.data,vpn.secrets", "connection", "show", name)
    keys = {}
    for item in text.replace("\n", ", ").split(", "):
        if "=" in item:
            key, value = item.split("=", 1)
            keys[key.strip()] = value.strip()
    return keys


def wait_profile(name, expected, seconds=10):
    end = time.time() + seconds
    while time.time() < end and profile(name) != expected:
        time.sleep(0.3)
    found = profile(name)
    return report(found == expected, "NetworkManager holds the profile %s" % name
                  + ("" if found == expected else ": %r instead of %r" % (found, expected)))


def run(name, program, steps):
    """The steps of one test; what isn't there ends them."""
    try:
        steps(program)
    except Exception as error:
        program.dump()
        picture(name + "-failed")
        report(False, "%s: %s" % (name, error))
    program.close()
    raise SystemExit(1 if failed else 0)
