#!/usr/bin/env bash
# Writes .sqlx/, the types of every checked query (`sqlx::query!`), from a fresh database with all migrations. A build without a database
# reads them. With --check: compares instead, and fails when .sqlx/ is not what the migrations and the queries of this checkout give.
set -euo pipefail
cd "$(dirname "$0")/.."

# The tool that brings the database is built without the queries, so this works when .sqlx/ is stale or missing.
SQLX_OFFLINE=true cargo build --quiet --no-default-features --features cluster --example with_database
with_database="${CARGO_TARGET_DIR:-target}/debug/examples/with_database"

fresh=$(mktemp -d)
stamps=$(mktemp -d)
trap 'rm -rf "$fresh" "$stamps"' EXIT

# Cargo does not know that the queries read a database: it compiles them again because their roots look new. Their times are put back, so
# that the next ordinary build has nothing to do.
roots=(src/lib.rs src/main.rs tests/it/main.rs)
for root in "${roots[@]}"; do
    touch -r "$root" "$stamps/${root//\//-}"
    touch "$root"
done
compiled=0
SQLX_OFFLINE_DIR="$fresh" "$with_database" cargo check --quiet --all-targets --features agent || compiled=$?
for root in "${roots[@]}"; do
    touch -r "$stamps/${root//\//-}" "$root"
done
[ "$compiled" -eq 0 ] || exit "$compiled"

if [ "${1:-}" = --check ]; then
    mkdir -p .sqlx
    if ! diff -rq .sqlx "$fresh"; then
        echo "The queries or the migrations have changed since .sqlx/ was written: run \`make prepare\` and commit .sqlx/." >&2
        exit 1
    fi
    exit
fi
mkdir -p .sqlx
rm -f .sqlx/query-*.json
find "$fresh" -name 'query-*.json' -exec cp {} .sqlx/ \;
echo "$(find .sqlx -name 'query-*.json' | wc -l) queries in .sqlx/"
