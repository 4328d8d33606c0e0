#!/bin/sh
# Makes ./configure from a checkout; run it afterwards yourself.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux m4
autoreconf --force --install --verbose
echo "Now: ./configure && make"
