#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `nm-gre status --json` prints (tests/data/status, which test-status-text compares with the program's own
# output) is as the schema says, and the schema refuses what isn't. The same of `nm-gre doctor --json`, whose ids
# the manual page has too.
"$PYTHON3" -c 'import jsonschema' 2>/dev/null || {
    echo "1..0 # SKIP no python3 with jsonschema here"
    exit 0
}
exec "$PYTHON3" -W ignore - "$top_srcdir" <<'END'
import glob, json, os, sys
import jsonschema

top = sys.argv[1]
schema = json.load(open(top + "/data/nm-gre-status.schema.json"))
checker = jsonschema.Draft7Validator(schema)
n = 0


def result(good, text):
    global n
    n += 1
    print("%sok %d - %s" % ("" if good else "not ", n, text))


try:
    jsonschema.Draft7Validator.check_schema(schema)
    result(True, "the schema is one")
except jsonschema.SchemaError as error:
    print("# " + error.message)
    result(False, "the schema is one")

used = set()
files = sorted(glob.glob(top + "/tests/data/status/*.json"))
result(len(files) >= 7, "there are outputs to check")
for name in files:
    tunnels = json.load(open(name, encoding="utf-8"))
    errors = [e.message for e in checker.iter_errors(tunnels)]
    for message in errors:
        print("# " + message)
    result(not errors, os.path.basename(name))
    used.update(key for tunnel in tunnels for key in tunnel)
unused = set(schema["items"]["properties"]) - used
print("".join("# in no output: %s\n" % key for key in sorted(unused)), end="")
result(not unused, "every key of the schema is in one of them")

fine = {"id": "a", "uuid": "1-a", "kind": "vpn", "state": "active"}
for change in (
    {"state": "up"}, {"kind": None}, {"new-key": 1}, {"mtu": "1400"}, {"mtu": -1}, {"spi-in": 5},
    {"spi-in": "0xC0FFEE01"}, {"since": "now"}, {"mtu-parts": [["ESP", 8]]}, {"hidden": ["id", 1]},
    {"companion-id": "x"},
):
    result(not checker.is_valid([dict(fine, **change)]), "refuses %s" % json.dumps(change))
result(checker.is_valid([fine]), "takes a tunnel of which little is known")
result(not checker.is_valid(fine), "refuses what is no array")

doctor = json.load(open(top + "/data/nm-gre-doctor.schema.json"))
checker = jsonschema.Draft7Validator(doctor)
said = json.load(open(top + "/tests/data/doctor/doctor.json", encoding="utf-8"))
errors = [e.message for e in checker.iter_errors(said)]
print("".join("# %s\n" % message for message in errors), end="")
result(not errors, "doctor.json")
for change in ({"findings": [{"id": "x"}]}, {"not-checked": None}, {"new-key": 1}):
    result(not checker.is_valid(dict(said, **change)), "refuses %s" % json.dumps(change))
ids = doctor["properties"]["findings"]["items"]["properties"]["id"]["enum"]
page = open(top + "/man/nm-gre.1", encoding="utf-8").read().replace("\\-", "-")
table = page[page.index("The findings, by the"):]
lines = [line[:-3] for line in table[: table.index(".TE")].split("\n") if line.endswith("|T{")]
result(sorted(ids) == sorted(lines), "nm-gre(1) has the ids of findings")
source = "".join(open(name, encoding="utf-8").read() for name in glob.glob(top + "/src/doctor/doctor*.c"))
result(not [i for i in ids if '"%s"' % i not in source], "all of which there are")
print("1..%d" % n)
END
