# Every target sets up what it needs: an environment of its own with locked versions.
# Wants Python 3.11 or newer, pip and make; nothing else.

PYTHON ?= python3
SERVE ?= yes
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help demo test lint unit layers chromium clients soak bench docs lock clean

help:
	@echo "make demo    see what kundig is for, and its pages; SERVE=no leaves the pages out"
	@echo "make test    lint, types, import order and tests"
	@echo "make lint    the first three of them"
	@echo "make soak    the longer proofs"
	@echo "make bench   speed, as ratios"
	@echo "make docs    the documentation, into site/"
	@echo "make lock    renew the locked versions"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# A stamp per set of packages; it is older than its lock when the lock has changed.
$(VENV)/%.stamp: requirements/%.txt pyproject.toml | $(BIN)/python
	$(PIP) -r requirements/$*.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(VENV)/run.stamp
	$(BIN)/kundig demo
	@test "$(SERVE)" = no || $(BIN)/kundig serve --workspace demo-company

test: lint unit

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

layers: $(VENV)/test.stamp
	$(BIN)/lint-imports

unit: $(VENV)/test.stamp chromium clients
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not soak"

# The browser of the tests, the reader of PDFs and strace come from the distribution; where they cannot be installed, their tests say so.
chromium:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } > /dev/null && command -v pdftotext > /dev/null && command -v strace > /dev/null \
		|| { apt-get update -qq; apt-get install -y -qq chromium poppler-utils strace; } > /dev/null 2>&1 || true

# Segment's and RudderStack's own clients from npm, which the tests point at the door; where they cannot be installed, their tests say so.
clients: | $(BIN)/python
	@cmp -s tests/live/clients/package.json $(VENV)/clients/package.json \
		|| { command -v npm > /dev/null || { apt-get update -qq; apt-get install -y -qq nodejs npm; } > /dev/null 2>&1 || true; \
			mkdir -p $(VENV)/clients && cp tests/live/clients/package.json $(VENV)/clients/ \
			&& npm install --prefix $(VENV)/clients --no-package-lock --no-audit --no-fund --silent \
			|| rm -f $(VENV)/clients/package.json; }

soak: $(VENV)/test.stamp
	$(BIN)/pytest -m soak

bench: $(VENV)/test.stamp
	$(BIN)/python -m benchmarks

docs: $(VENV)/docs.stamp
	$(BIN)/python docs/generate.py
	$(BIN)/zensical build --strict --clean -f mkdocs.yml

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --upgrade --python-version 3.11 --extra sql pyproject.toml requirements/build.in -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --upgrade --python-version 3.11 --extra sql --extra spark --group test pyproject.toml requirements/build.in -o requirements/test.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --upgrade --python-version 3.11 --extra sql --group docs pyproject.toml requirements/build.in -o requirements/docs.txt

clean:
	rm -rf $(VENV) build dist site
