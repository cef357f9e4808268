#!/usr/bin/env bash
# Holds the API against its own description: the document has to be valid OpenAPI, and schemathesis asks a demo server on loopback everything
# the document allows and much that it does not. A 5xx, or an answer that the document does not have, is a failure.
#
#   scripts/check-api.sh [questions per address and phase, default 100]
#
# The Python packages go into target/api-venv, in the versions below; the server is target/debug/rainstaff with data of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

PACKAGES=(schemathesis==4.32.5 openapi-spec-validator==0.9.0)
EXAMPLES=${1:-100}
VENV=$PWD/target/api-venv
SERVER=target/debug/rainstaff
ORIGIN='Sec-Fetch-Site: same-origin'

[ -x "$SERVER" ] || { echo "$SERVER is missing: cargo build" >&2; exit 1; }
if [ "$(cat "$VENV/packages" 2>/dev/null || true)" != "${PACKAGES[*]}" ]; then
  python3 -m venv "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}"
  echo "${PACKAGES[*]}" >"$VENV/packages"
fi

data=$(mktemp -d)
chmod 755 "$data" # started by root, the account that PostgreSQL runs under must get in
server=
finish() {
  status=$?
  if [ -n "$server" ]; then kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  if [ "$status" -ne 0 ]; then tail -n 20 "$data/log" >&2 || true; fi
  rm -rf "$data"
}
trap finish EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
env -u DATABASE_URL -u PORT -u RAINSTAFF_LISTEN "$SERVER" dev --data-dir "$data/data" --listen "127.0.0.1:$port" >"$data/log" 2>&1 &
server=$!
for _ in $(seq 600); do
  if grep -q '^listening ' "$data/log"; then break; fi
  kill -0 "$server" 2>/dev/null || { echo 'the server did not start' >&2; exit 1; }
  sleep 0.2
done

echo '== The document'
curl -fsS "$url/api/openapi.json" -o "$data/openapi.json"
"$VENV/bin/openapi-spec-validator" "$data/openapi.json"

# A session, and a key of that person for everything that keys can read.
cookie=$(curl -fsS -o /dev/null -D - -H "$ORIGIN" --data-urlencode username=ankara1 --data-urlencode password=rainstaff-demo "$url/login" |
  sed -n 's/^set-cookie: \(__Host-rainstaff=[^;]*\).*/\1/Ip')
page=$(curl -fsS -H "Cookie: $cookie" "$url/account/tokens")
field() { grep -o "name=\"$1\" value=\"[^\"]*\"" <<<"$page" | tail -1 | cut -d'"' -f4; }
key=$(curl -fsS -H "Cookie: $cookie" -H "$ORIGIN" -d "_csrf=$(field _csrf)&_id=$(field _id)&name=check&days=30" \
  -d 'password=rainstaff-demo&scope_timesheets=true&scope_employees=true&scope_changes=true' "$url/account/tokens" | grep -o 'rsp_[A-Za-z0-9_-]\{43\}' | head -1)

# A cursor or place is a text to the document and a word of ours to the server, a region may be a foreign one, and 1.0 is a whole number to
# the document alone: so a well-formed question may be refused. What may not be is an answer that the document does not have.
cat >"$data/schemathesis.toml" <<'TOML'
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "404", "410", "422"]
[checks.negative_data_rejection]
expected-statuses = ["4xx"]
TOML

# Whether a missing or bad key is refused is asked of the key alone: a session that is sent along with every question would let it pass.
without() {
  python3 -c 'import json, sys
source, target, *ways = sys.argv[1:]
document = json.load(open(source))
for way in ways:
    del document["components"]["securitySchemes"][way]
for item in document["paths"].values():
    for operation in item.values():
        operation["security"] = [given for given in operation["security"] if not set(given) & set(ways)]
json.dump(document, open(target, "w"))' "$data/openapi.json" "$@"
}
without "$data/with-key.json" session
without "$data/with-session.json" session key device

ask() {
  document=$1
  shift
  # From there, because it keeps what it has found in the folder it is started in.
  (cd "$data" && "$VENV/bin/schemathesis" --config-file "$data/schemathesis.toml" run "$document" --url "$url" --max-examples "$EXAMPLES" --seed 20261122 \
    --request-timeout 40 --no-color "$@")
}

echo '== Read with a key'
ask "$data/with-key.json" --include-method GET --header "Authorization: Bearer $key"

echo '== Read and write with a session'
# An office's PC has nothing of a session to show.
ask "$data/with-session.json" --exclude-path-regex '^/api/v1/devices/' --header "Cookie: $cookie" --header "$ORIGIN" --header 'X-Sync-Client: check'
