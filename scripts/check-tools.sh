#!/usr/bin/env bash
# Says in one sentence what a machine lacks to build this project.
set -euo pipefail

complain() {
    echo "$1" >&2
    exit 1
}

command -v cargo >/dev/null || complain 'Rust is missing: install it from https://rustup.rs and open a new terminal.'
command -v node >/dev/null || complain 'Node.js is missing: install version 20 or newer from https://nodejs.org.'
command -v npm >/dev/null || complain 'npm is missing: it comes with Node.js from https://nodejs.org.'
command -v cc >/dev/null || complain 'A C compiler is missing: install build-essential (Debian, Ubuntu) or the Xcode command line tools (macOS).'

node_major=$(node --print 'process.versions.node.split(".")[0]')
[ "$node_major" -ge 20 ] || complain "Node.js $node_major is too old: install version 20 or newer."
