#!/usr/bin/env bash
# Writes .sqlx/, the types of every checked query (`sqlx::query!`), from a fresh database with all migrations. A build without a database
# reads them. With --check: compares instead, and fails when .sqlx/ is not what the migrations and the queries of this checkout give.
set -euo pipefail
cd "$(dirname "$0")/.."

# The tool that brings the database is built without the queries, so this works when .sqlx/ is stale or missing.
SQLX_OFFLINE=true cargo build --quiet --package rainstaff-cluster --example with_database
with_database="${CARGO_TARGET_DIR:-target}/debug/examples/with_database"

fresh=$(mktemp -d)
stamp=$(mktemp)
trap 'rm -rf "$fresh" "$stamp"' EXIT

# Cargo does not know that the queries read a database: it compiles them again because their root looks new. Its time is put back, so that the
# next ordinary build has nothing to do. All queries are in the library (`db.rs`).
touch -r src/lib.rs "$stamp"
touch src/lib.rs
compiled=0
SQLX_OFFLINE_DIR="$fresh" "$with_database" cargo check --quiet --package rainstaff --lib || compiled=$?
touch -r "$stamp" src/lib.rs
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
