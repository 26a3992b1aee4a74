#!/usr/bin/env bash
# Starts everything of compose.yaml with an image and secrets of the moment, takes the sample in, asks for a value,
# and removes it all:  deploy/try.sh kalpi:0.1.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp --directory)
export KALPI_IMAGE=$1 KALPI_PUBLIC_URL=https://localhost KALPI_TLS=$work/tls
for name in KALPI_SECRET POSTGRES_PASSWORD POSTGRES_ADMIN_PASSWORD VALKEY_PASSWORD GRAFANA_PASSWORD; do
  export "$name=$(openssl rand -hex 32)"
done
mkdir "$KALPI_TLS" && chmod 0755 "$work" "$KALPI_TLS"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$KALPI_TLS/tls.key" -out "$KALPI_TLS/tls.crt" 2> /dev/null
chmod 0644 "$KALPI_TLS/tls.key" # of the moment, and for the gateway's user to read
compose() { docker compose --project-name kalpi-try --file compose.yaml "$@"; }
operator() { compose run --rm --no-TTY --volume "$PWD/../data/sample:/sample:ro" operator "$@"; }
trap 'compose logs --tail 50; compose down --volumes --timeout 60; rm -rf "$work"' EXIT

compose up --detach
operator sh -c 'cp /sample/pipeline.toml "$KALPI_HOME" && kalpi ingest /sample/*.parquet && kalpi run'
key=$(operator kalpi keys create --email try@example.org --tier premium --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["key"])')
for _ in $(seq 30); do
  curl --silent --fail --cacert "$KALPI_TLS/tls.crt" https://localhost/readyz && break
  sleep 1
done
curl --silent --show-error --fail --cacert "$KALPI_TLS/tls.crt" --header "X-API-Key: $key" \
  "https://localhost/v1/symbols/AAPL/at/latest?columns=close" | grep --fixed-strings '"close":430.47'
