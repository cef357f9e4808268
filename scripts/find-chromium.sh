#!/usr/bin/env bash
# Prints the path of the browser for the browser tests: RAINSTAFF_CHROMIUM, or one that is installed, or Debian's, installed now when root
# runs this.
set -euo pipefail

find_browser() {
    local name
    for name in "${RAINSTAFF_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' /Applications/Chromium.app/Contents/MacOS/Chromium; do
        if [ -n "$name" ] && command -v "$name"; then
            return
        fi
    done
    return 1
}

if [ -n "${RAINSTAFF_CHROMIUM:-}" ] && ! command -v "$RAINSTAFF_CHROMIUM" >/dev/null; then
    echo "RAINSTAFF_CHROMIUM names $RAINSTAFF_CHROMIUM, which is not a program." >&2
    exit 1
fi
find_browser && exit

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    {
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium fonts-dejavu-core
    } >&2
    find_browser && exit
fi
echo 'The browser tests need Chromium or Chrome: install one, or set RAINSTAFF_CHROMIUM to its path.' >&2
exit 1
