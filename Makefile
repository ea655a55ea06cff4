# make run    everything, in the browser           make test     all tests
# make check  the daily loop, in a minute or so     make lint     format, types, SQL, dbt
# make coverage  all tests, and which lines none of them runs
# make bench  what is fast, beside last time       make tracker  minify the tracker (npm)
# make docs   every table and column, to browse    make wheel    dist/dogear-*.whl, to install elsewhere
# make lock   renew requirements.lock
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
# A package index of one's own comes from the environment; the lock names none.
UV := $(VENV)/bin/uv
export UV_COMPILE_BYTECODE := 1
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: run setup check style types types-of-code types-of-tests pure test coverage lint format lock bench tracker docs wheel clean

run: $(READY)
	@exec $(VENV)/bin/dogear up

setup: $(READY)

# uv itself comes out of the lock too, by hash; it then installs the rest.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Dogear needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || \
		{ echo "$(PYTHON) comes without venv. On Debian: apt install python3-venv"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.lock
	@test -x $(UV) || $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@echo "Installing what requirements.lock names (once)"
	@$(UV) pip sync --quiet --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Three on two processors: each waits much of its time, for servers, browsers and clocks.
ALL_TESTS := $(VENV)/bin/pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder

test: $(READY)
	$(ALL_TESTS)

coverage: $(READY)
	$(ALL_TESTS) --cov

check: style
	@$(MAKE) --no-print-directory -j3 types-of-code types-of-tests pure

style: $(READY)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports --no-logo --cache-dir $(VENV)/import-linter

types: types-of-code types-of-tests

types-of-code: $(READY)
	$(VENV)/bin/pyright

types-of-tests: $(READY)
	$(VENV)/bin/pyright --project tests

pure: $(READY)
	$(VENV)/bin/pytest --pure --quiet --numprocesses 2

lint: style types
	$(VENV)/bin/sqlfluff lint dbt_project/models dbt_project/tests dbt_project/analyses
	$(VENV)/bin/dogear dbt parse --no-partial-parse --warn-error-options '{"error": ["Deprecations"]}'

format: $(READY)
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

# Hashes for every platform and no addresses, so that the lock serves any mirror of the package index.
lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

bench: $(READY)
	$(VENV)/bin/python -m bench.content_sync
	$(VENV)/bin/python -m bench.content_search
	$(VENV)/bin/python -m bench.collector
	$(VENV)/bin/python -m bench.rollups
	$(VENV)/bin/python -m bench.latency
	$(VENV)/bin/python -m bench.lake
	$(VENV)/bin/python -m bench.access
	$(VENV)/bin/python -m bench.questions

tracker: $(READY)
	$(VENV)/bin/python -m serving.tracker.minify

docs: $(READY)
	@$(VENV)/bin/python -m orchestration.rollups.documentation

wheel: $(READY)
	$(UV) build --quiet --wheel --no-build-isolation --out-dir dist .
	@ls dist/*.whl

clean:
	rm -rf $(VENV) .dogear dist dbt_project/target dbt_project/logs
