# The one entrance for people and for CI. `make` alone lists what there is.
# Needs Python 3.11 or later and a package index for the first run; nothing after that goes outside.

PYTHON ?= python3
UV ?= uv
WORKERS ?= auto
VENV := .venv
BIN := $(VENV)/bin
# To sqlfluff a file of macros is an empty text, and what a macro expands to in a model is generated
# and not judged: linting them would pass anything. Data tests are SQL but for the tag around them.
SQL := dbt_project/models
DATA_TESTS := dbt_project/macros/data_tests

# Telemetry off in every recipe.
include pipelines/offline.env
export $(shell sed -n 's/^\([A-Z_]*\)=.*/\1/p' pipelines/offline.env)

# Tools such as dagster look for `dbt` on the path.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A surrounding environment must not leak packages into this one.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
# Nor keep every process of every test from using what another one compiled.
unexport PYTHONDONTWRITEBYTECODE

# The lock is complete, so pip resolves nothing; the hashes make it refuse anything else.
PIP_INSTALL := $(BIN)/python -m pip install --no-deps
INSTALL_LOCK := $(PIP_INSTALL) --require-hashes -r
INSTALL_SELF := $(PIP_INSTALL) --quiet --no-build-isolation --editable .
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env env-dev run test test-long test-faults test-browser lint format bench bench-coverage bench-disclosure bench-late bench-signals bench-pages bench-scale bench-env coverage mutate fuzz guard-report dagster bundle sbom advisories lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- environment ------------------------------------------------------------------------------

env: $(RUNTIME) ## make the environment to run the monitor

env-dev: $(DEV) ## make the environment to test and change it

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or later is needed. Name one: make PYTHON=/path/to/python3.11'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo 'Python lacks venv. On Debian: apt-get install python3-venv'; exit 1; }

# Only what running needs. An environment with the development lock has it all already.
$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing 150 packages into $(VENV): two minutes or so, this once.'
	$(INSTALL_LOCK) requirements.lock
	$(INSTALL_SELF)
	@touch $@

# The development lock holds the same pins and more, so it serves `make run` too.
$(DEV): requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing 200 packages into $(VENV): three minutes or so, this once.'
	$(INSTALL_LOCK) requirements-dev.lock
	$(INSTALL_SELF)
	@touch $(RUNTIME) $@

# --- use --------------------------------------------------------------------------------------

run: $(RUNTIME) ## simulate the demo chain, build, publish and serve the dashboards; Ctrl-C stops
	@$(BIN)/kwaliteitsmonitor demo

dagster: $(RUNTIME) ## open the lineage, checks, sensor and schedule on 127.0.0.1:3000
	@DAGSTER_HOME="$$($(BIN)/python -m pipelines.dagster_home)"; export DAGSTER_HOME; \
	umask 077; exec $(BIN)/dagster dev --module-name pipelines.definitions --host 127.0.0.1 --port 3000

# --- prove ------------------------------------------------------------------------------------

# In the order `tests/conftest.py` gives: xdist's own is by number of tests, whatever these take.
TOGETHER := --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

test: $(DEV) ## run every test that needs no browser and takes no minutes of its own
	$(BIN)/pytest -m 'not browser and not long' $(TOGETHER) $(PYTEST_ARGS)

test-long: $(DEV) ## run the tests that take minutes, and every property on thousands of examples
	TEST_LONG=1 $(BIN)/pytest -m '(long or property) and not browser' $(TOGETHER) $(PYTEST_ARGS)

GUARDED := tests/statistics tests/disclosure tests/indicators/test_clumped_events.py \
	tests/indicators/test_alike_points.py tests/decisions/test_draft.py \
	$(patsubst %,tests/deliveries/test_%.py,guard edges_of_the_guard names corpora recall nobody_named)

FAULTS := $(patsubst %,tests/operation/test_%.py,moments faults refusals)

test-faults: $(DEV) ## kill every command, and fill its disk, at every change of a file on the small chain
	TEST_FAULTS=1 TEST_LONG=1 $(BIN)/pytest -v -rP $(FAULTS) $(TOGETHER) $(PYTEST_ARGS)

test-browser: $(DEV) ## run the tests that need Chromium
	$(BIN)/pytest -m browser $(PYTEST_ARGS)

lint: $(DEV) ## check style, types, SQL, import layers and spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@echo $(BIN)/sqlfluff lint $(SQL) $(DATA_TESTS)
	@# sqlfluff ends with 0 after an error of its own in a file: that must not pass as clean.
	@bare=$$(mktemp -d); trap 'rm -rf "$$bare"' EXIT; \
	for one in $(DATA_TESTS)/*.sql; do \
	  sed -E -e 's/^\{% ((end)?test.*) %\}$$/-- \1/' -e '$$a\' "$$one" > "$$bare/$${one##*/}"; done; \
	report=$$($(BIN)/sqlfluff lint --disable-progress-bar --config .sqlfluff $(SQL) "$$bare" 2>&1); status=$$?; \
	printf '%s\n' "$$report"; \
	case "$$report" in *Traceback*) exit 1;; esac; exit $$status
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(DEV) ## mend what ruff and sqlfluff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/sqlfluff fix --disable-progress-bar $(SQL)

bench: $(DEV) ## print how long things take beside a plain peer; BENCH="intake pm4py" names parts
	@$(BIN)/python -m tests.bench.run $(BENCH)

bench-late: $(DEV) ## print what a late table does to the figures of the last build, and write it down; TABLES="nctv_triage" names some, TABLES=--small takes a small chain
	@$(BIN)/python -m tests.bench.late_tables $(TABLES)

# PM4Py is under the AGPL: in an environment of its own, never in a lock, never imported.
bench-env: pyproject.toml ## install PM4Py apart, for the part of the benchmark that compares with it
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet $$($(PYTHON) -c 'import tomllib; \
	  print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"])')

bench-coverage: $(DEV) ## print how often the published intervals hold the truth, 2,000 cohorts a cell
	@$(BIN)/python -m tests.bench.coverage $(COVERAGE_ARGS)

bench-disclosure: $(DEV) ## print what protection leaves of small populations, what of it can be proven, and how long it takes
	@$(BIN)/python -m tests.bench.disclosure $(DISCLOSURE)

bench-signals: $(DEV) ## print how often a signal comes up where nothing changes; CHAINS="--chains 20" sizes the chain level
	@$(BIN)/python -m tests.bench.signal_series
	@$(BIN)/python -m tests.bench.series_lists
	@$(BIN)/python -m tests.bench.chain_lists $(CHAINS)

bench-pages: $(DEV) ## print what pages, clicks and downloads of the last build cost, and what twenty readers at once wait; PAGES="platform" names audiences, --single leaves the twenty out
	@$(BIN)/python -m tests.bench.pages $(PAGES)

bench-scale: $(DEV) ## print what 1, 10, 100 and 1,000 times the national volume costs, and write it into pipelines/SCALE.md; SCALE="1 10 --minutes 30" sizes it
	@$(BIN)/python -m tests.bench.scale $(SCALE)

coverage: $(DEV) ## require every branch of statistics, disclosure and the anonymity guard to be tested
	$(BIN)/coverage run -m pytest -m 'not browser and not long' $(GUARDED)
	$(BIN)/coverage report

mutate: $(DEV) ## print which small mistakes the tests of the same three do not see; MUTATE="disclosure" names some
	@$(BIN)/python -m tests.bench.mutate $(MUTATE)

fuzz: $(DEV) ## try a million changed inputs on every parser, 20,000 on whole readers and the SQL box; FUZZ="1000 100 10 SEED NAME" asks for others
	@$(BIN)/python -W ignore -m tests.operation.fuzz $(FUZZ)

guard-report: $(DEV) ## print what the anonymity guard finds and misses on a corpus it has not seen
	@$(BIN)/python -m tests.bench.guard $(SEED)

# --- hand on ----------------------------------------------------------------------------------

DIST ?= dist

bundle: $(DEV) ## make one archive of HEAD that installs without an index or a network, for this Python and platform
	@$(BIN)/python -m pipelines.supply.bundle $(DIST)

sbom: $(DEV) ## write the list of parts (CycloneDX) and their licences into dist/; fails where one is not allowed
	@$(BIN)/python -m pipelines.supply.parts $(DIST)

advisories: $(RUNTIME) ## hold the lock against a file of known vulnerabilities; FILE=all.zip names it, LOCK=… another lock
	@test -n "$(FILE)" || { echo 'Name the file: make advisories FILE=all.zip (OSV format)'; exit 2; }
	@$(BIN)/python -m pipelines.supply.advisories "$(FILE)" $(or $(LOCK),requirements.lock)

# --- upkeep -----------------------------------------------------------------------------------

# Keeps the pins that are there; LOCK_ARGS=--upgrade renews them all.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	--generate-hashes --no-annotate --no-strip-extras --custom-compile-command 'make lock' $(LOCK_ARGS)
lock: ## renew the locks after a change in pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo 'uv is needed: pip install uv, or make lock UV=/path/to/uv'; exit 1; }
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock

clean: ## remove the environment and caches; state in var stays
	rm -rf $(VENV) .venv-bench build *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
