# The commands of this project. `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

# Checked queries are compiled from .sqlx/, never from a database that happens to run. `make prepare` renews .sqlx/.
export SQLX_OFFLINE := true
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

# The agent alone, as it goes out; and all crates in one build, for tests.
AGENT := --package rainstaff-agent --bin rainstaff-agent
ALL := --workspace
ASSET_SOURCES := scripts/build-assets.mjs $(shell find static/ts static/css static/icons locales templates src -type f 2>/dev/null)

# What has to be built before something runs. `make test` has built it once for all of its steps, beside which others may be compiling.
build-both = @$(if $(BUILT),true,cargo build --quiet $(ALL))

say = @printf '\n\033[1m== %s\033[0m (%s)\n' '$(1)' "$$(date +%T)"

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

.PHONY: run
run: node_modules/.package-lock.json assets ## build everything that is missing and start the demo at http://127.0.0.1:8080 (options in ARGS)
	@exec cargo run -- dev $(ARGS)

.PHONY: test
test: assets ## everything that CI runs, in two lanes, with the time of each step
	@node scripts/test.mjs

.PHONY: lint
lint: assets ## clippy over the server, its tests and the agent; types of the scripts
	$(call say,Lint: server and agent)
	@cargo clippy --all-targets $(ALL) -- -D warnings
	@$(MAKE) --silent --no-print-directory lint-agent check-scripts

.PHONY: stack-test
stack-test: assets ## the queue's code, a bad line, a real server and a PostgreSQL that crashes: 200 seeds (ARGS='--from 7 --seeds 1' replays one)
	@cargo build --quiet $(ALL)
	@node tests/stack/run.mjs $(ARGS)

.PHONY: chain-test
chain-test: assets ## the same with this PC's agent in between, which is killed as well: 1,000 seeds (ARGS='--from 7 --seeds 1' replays one)
	@cargo build --quiet $(ALL)
	@node tests/stack/run.mjs --agent --seeds 1000 $(ARGS)

.PHONY: agent-test
agent-test: assets ## the agent as a process: killed 200 times (KILLS=200), full disk, damaged file, attacked, a restored server
	@cargo build --quiet $(ALL)
	@RAINSTAFF_AGENT_KILLS=$(or $(KILLS),200) node --test --test-concurrency=1 tests/agent/*.test.mjs

.PHONY: agent
agent: assets ## the agent of an office PC, as it goes out: target/release/rainstaff-agent
	@cargo build --release $(AGENT)

.PHONY: bench
bench: assets ## the release server beside pgbench: docs/benchmarks.md (ARGS=--quick for a look, ONLY='month save' for parts)
	@cargo build --release --quiet $(AGENT)
	@pgbench=$$(scripts/find-pgbench.sh) && PGBENCH="$$pgbench" ONLY="$(ONLY)" cargo bench --bench ratios -- $(ARGS)

.PHONY: model
model: ## many schedules of the synchronisation's model, and cases of the merge (SEEDS=100000, CASES=1000000)
	@MODEL_SEEDS=$(or $(SEEDS),100000) PROPTEST_CASES=$(or $(CASES),1000000) cargo test --release --package rainstaff-core --test model -- --nocapture

.PHONY: lighthouse
lighthouse: node_modules/.package-lock.json ## Lighthouse over the pages of a demo that runs (URL=http://127.0.0.1:8080)
	@npm install --prefix target/lighthouse --no-audit --no-fund --silent lighthouse@12.8.2
	@node scripts/lighthouse.mjs $(URL)

.PHONY: page-times
page-times: node_modules/.package-lock.json ## pages of a demo that runs, in Chromium with and without the service worker (URL=http://127.0.0.1:8080)
	@node scripts/page-times.mjs $(URL)

.PHONY: check-api
check-api: assets ## the API held against its own description by schemathesis (from PyPI), about two minutes
	@cargo build --quiet $(ALL)
	@scripts/check-api.sh

.PHONY: assets
assets: static/dist/manifest.json ## scripts and styles into static/dist

.PHONY: prepare
prepare: assets ## renew .sqlx/ after a change of a query or a migration
	@scripts/sqlx-prepare.sh

.PHONY: clean
clean: ## delete what was built; the data of the demo (.rainstaff) stay
	@cargo clean
	@rm -rf node_modules static/dist test-results tests/e2e/shots

# Steps of `make test`, each also a command of its own.

.PHONY: build-tests check-format check-scripts lint-agent check-docs check-queries test-rust test-scripts test-stack test-chain test-agent test-browser check-licences
# Clippy compiles as rustc does, so that `make test` lints what it builds and does not look through everything twice. What runs `cargo test`
# afterwards says the same, or it would build anew.
LINTED := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings

build-tests: assets
	$(call say,Build and lint: both programs and their tests)
	@$(LINTED) cargo test --quiet --no-run --all-targets $(ALL)

lint-agent: assets
	$(call say,Lint: the agent alone)
	@cargo clippy $(AGENT) -- -D warnings

check-scripts: node_modules/.package-lock.json
	$(call say,Lint: scripts)
	@npm run --silent check

check-format:
	$(call say,Format)
	@cargo fmt --check

check-docs: assets
	$(call say,Documentation)
	@RUSTDOCFLAGS='-D warnings' cargo doc --quiet --no-deps --lib $(ALL)

check-queries: assets
	$(call say,Checked queries against a fresh database)
	@scripts/sqlx-prepare.sh --check

test-rust: assets
	$(call say,Tests: server and agent)
	@$(if $(BUILT),$(LINTED)) cargo test $(ALL)

test-scripts: node_modules/.package-lock.json
	$(call say,Tests: scripts)
	@node --test tests/ts/*.test.mjs

# A few seeds here, and no more of them than fit into a minute; `make stack-test` plays 200.
test-stack: assets
	$(call say,Tests: queue against a server on a bad line)
	$(build-both)
	@node tests/stack/run.mjs --seeds 10 --seconds 45

test-chain: assets
	$(call say,Tests: the same with the agent in between)
	$(build-both)
	@node tests/stack/run.mjs --agent --seeds 30 --seconds 60

test-agent: assets
	$(call say,Tests: the agent as a process)
	$(build-both)
	@node --test --test-concurrency=1 tests/agent/*.test.mjs

test-browser: assets
	$(call say,Tests: browser)
	$(build-both)
	@scripts/find-pdftotext.sh >/dev/null && chromium=$$(scripts/find-chromium.sh) && RAINSTAFF_CHROMIUM="$$chromium" npx --no-install playwright test -c tests/e2e/playwright.config.ts

check-licences:
	@if cargo deny --version >/dev/null 2>&1; then printf '\n== Licences and advisories\n'; cargo deny --all-features check; \
	else printf '\n== Licences and advisories: skipped, cargo-deny is not installed\n'; fi

# Installed and built when their sources change.

# npm writes this file at the end of every install.
node_modules/.package-lock.json: package.json package-lock.json
	$(call say,Packages)
	@scripts/check-tools.sh
	@npm ci --no-audit --no-fund
	@touch $@

# The script writes the manifest last. It also looks into templates and sources, for the class names in use.
static/dist/manifest.json: node_modules/.package-lock.json $(ASSET_SOURCES)
	$(call say,Assets)
	@node scripts/build-assets.mjs
