#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The description of the D-Bus interface that is installed is the one that the service exports, and docs/dbus.md has
# each of its members.
"$PYTHON3" -c pass 2>/dev/null || { echo "1..0 # SKIP no python3 here"; exit 0; }
exec "$PYTHON3" - "$top_srcdir" <<'END'
import re, sys
import xml.etree.ElementTree as ET

top = sys.argv[1]
n = 0


def result(good, text):
    global n
    n += 1
    print("%sok %d - %s" % ("" if good else "not ", n, text))


def members(root):
    found = []
    for interface in root.iter("interface"):
        for member in interface:
            args = [(a.get("name"), a.get("type"), a.get("direction")) for a in member.iter("arg")]
            found.append((interface.get("name"), member.tag, member.get("name"), args))
    return sorted(found)


def text(name):
    return open(top + "/" + name, encoding="utf-8").read()


names = dict(re.findall(r'#define (GRE_SERVICE_\w+)\s+"(.*)"', text("shared/gre-service-names.h")))
source = text("src/service/service.c")
source = source[source.index("introspection[] =") :]
source = source[: source.index(";\n")]
for name, value in names.items():
    source = source.replace(name, '"%s"' % value)
exported = members(ET.fromstring("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', source))))
installed = members(ET.fromstring(re.sub("<!DOCTYPE.*?>\n", "", text("data/org.freedesktop.NetworkManager.gre.xml"), flags=re.S)
                                  .split("\n", 1)[1]))
result(len(exported) >= 3, "the service exports an interface")
for member in set(map(str, exported)) ^ set(map(str, installed)):
    print("# in one only: " + member)
result(exported == installed, "the installed description has the same members")
page = text("docs/dbus.md")
missing = [m[2] for m in exported if "\n## %s\n" % m[2] not in page or "`%s(" % m[2] not in page]
print("".join("# %s\n" % name for name in missing), end="")
result(not missing, "docs/dbus.md has each of them")
result(all("| `%s` |" % names[key] in page for key in ("GRE_SERVICE_NAME", "GRE_SERVICE_PATH")), "and the names")
version = re.search(r"GRE_STATUS_VERSION (\d+)", text("shared/gre-service-names.h")).group(1)
result("`version`, which is %s." % version in page, "and the version")
result(('"enum": [%s]' % version) in text("data/nm-gre-status.schema.json"), "which the schema has too")
print("1..%d" % n)
END
