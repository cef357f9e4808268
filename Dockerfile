# Pages, texts, scripts, styles and migrations are inside the program, so the last image holds one file besides the system.
# docs/DEPLOY.md says which settings it wants.

FROM node:22-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
# The browser of the tests, and the PostgreSQL of `rainstaff dev`, are not needed here.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts/build-assets.mjs scripts/
COPY static static
# The complaints that a browser can make without a network.
COPY locales locales
# The style sheet keeps the classes that these mention.
COPY templates templates
COPY src src
RUN node scripts/build-assets.mjs

FROM rust:1.95-bookworm AS program
WORKDIR /build
ENV SQLX_OFFLINE=true
COPY Cargo.toml Cargo.lock ./
# Fetches the crates without the sources of the program: a change of those does not repeat it.
COPY src/agent/Cargo.toml src/agent/
COPY src/cluster/Cargo.toml src/cluster/
COPY src/core/Cargo.toml src/core/
COPY src/http/Cargo.toml src/http/
COPY src/pages/Cargo.toml src/pages/
RUN mkdir -p tests/agent tests/it tests/model benches/ratios \
    && touch src/lib.rs src/main.rs src/agent/lib.rs src/agent/main.rs src/cluster/lib.rs src/cluster/with_database.rs src/core/lib.rs \
        src/http/lib.rs src/pages/lib.rs tests/agent/program.rs tests/it/main.rs tests/model/main.rs benches/ratios/main.rs \
    && cargo fetch --locked
COPY . .
COPY --from=assets /build/static/dist static/dist
RUN cargo build --release --locked --bin rainstaff

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent rainstaff
COPY --from=program /build/target/release/rainstaff /usr/local/bin/rainstaff
USER 10001
# Listens on 0.0.0.0:$PORT, behind one proxy that brings https. Hosts such as Render set another port.
ENV PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '\"ok\"' <&3"]
CMD ["rainstaff", "serve"]
