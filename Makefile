# Everything that a developer runs. A newcomer needs Python 3.11 or later with venv, and make: `make demo`, `make test`.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# What pytest is told besides pyproject.toml, for example: make test TESTS=tests/cli
TESTS ?=

.DEFAULT_GOAL = help
.PHONY: help demo test check lint generated docs e2e bench bench-scale lock clean

help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

demo: $(VENV)/run ## set everything up and diagnose the origin scenario, saved in this repository
	@echo
	@echo '$$ hostnet-doctor diagnose --from fixtures/replica-on-same-node/found-origin'
	@echo
	@# Exit code 1 means that it found something, as it should here; anything else is a failure.
	@$(BIN)/hostnet-doctor diagnose --from fixtures/replica-on-same-node/found-origin; test $$? -eq 1

test: $(VENV)/dev ## set everything up and run all tests that need no cluster
	$(BIN)/python -m pytest -q $(TESTS)

check: lint test generated ## all that must be right before a push: format, lint, types, layers, tests, generated files

lint: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

generated: $(VENV)/dev
	$(BIN)/python docs/generate.py --check

docs: $(VENV)/dev ## write the pages and schemas that are made from the code
	$(BIN)/python docs/generate.py

e2e: $(VENV)/dev ## run the end-to-end tests on a real cluster: $KUBECONFIG, else ../shared/cluster
	BIN=$(BIN) tests/e2e/run

bench: $(VENV)/dev ## measure how well and how fast the log matcher reads
	$(BIN)/python bench/accuracy.py open
	$(BIN)/python bench/accuracy.py held-out
	$(BIN)/python bench/match.py

bench-scale: $(VENV)/dev ## measure diagnose -A on a large cluster: $KUBECONFIG (see bench/README.md); SCALE=--quick for the short one
	$(BIN)/python -m bench.scale $(SCALE)

lock: ## bring requirements/ up to date with pyproject.toml (needs uv)
	uv pip compile $(LOCK) pyproject.toml --group build --output-file requirements/run.txt
	uv pip compile $(LOCK) pyproject.toml --extra tickets --group dev --constraint requirements/run.txt --output-file requirements/dev.txt

# One lock for every platform and every Python from 3.11 up, with hashes and without the address of an index.
# A version counts once it is a week old.
LOCK = --quiet --upgrade --exclude-newer "7 days" --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

clean: ## remove what make made
	rm -rf .venv* dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment, in three steps with a stamp each, so that the next call does nothing. Two hashed installs, because
# a package without a hash (this one) may not stand beside packages with one.
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hostnet-doctor needs Python 3.11 or later, and $(PYTHON) is not: say which one with  make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) lacks its venv module. On Debian and Ubuntu:  apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run: $(VENV)/made requirements/run.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
