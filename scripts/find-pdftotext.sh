#!/usr/bin/env bash
# Prints the path of poppler's pdftotext, with which the tests of the printed pages read them: RAINSTAFF_PDFTOTEXT, or one that is installed,
# or Debian's, installed now when root runs this.
set -euo pipefail

command -v "${RAINSTAFF_PDFTOTEXT:-pdftotext}" && exit

if [ -n "${RAINSTAFF_PDFTOTEXT:-}" ]; then
    echo "RAINSTAFF_PDFTOTEXT names $RAINSTAFF_PDFTOTEXT, which is not a program." >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    {
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends poppler-utils
    } >&2
    command -v pdftotext && exit
fi
echo 'The tests of the printed pages need pdftotext: install poppler-utils, or set RAINSTAFF_PDFTOTEXT to its path.' >&2
exit 1
