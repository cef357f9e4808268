#!/usr/bin/env bash
# Prints the path of pgbench: from the PATH, or where Debian puts it, installed now when root runs this.
set -euo pipefail

find_pgbench() {
    command -v pgbench && return
    local path
    for path in /usr/lib/postgresql/*/bin/pgbench; do
        [ -x "$path" ] && echo "$path" && return
    done
    return 1
}

find_pgbench && exit

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    {
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends postgresql
    } >&2
    find_pgbench && exit
fi
echo '`make bench` needs pgbench 14 or newer: install PostgreSQL (Debian: the package postgresql; macOS: brew install postgresql).' >&2
exit 1
