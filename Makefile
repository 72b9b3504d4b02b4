PORT ?= 8000
RESET ?=
KILLS ?= 50
ACTIONS ?=
ARGS ?=
PYTHON ?=

.PHONY: setup demo test torture lint types lock bench

setup: .venv/.complete

demo: setup
	@.venv/bin/python -m atsbridge.demo --port $(PORT) $(if $(RESET),--reset) $(ARGS)

test: setup
	@.ci/test $(ARGS)

torture: setup
	@.venv/bin/python -m tests.killing --kills $(KILLS) $(if $(ACTIONS),--actions $(ACTIONS)) $(ARGS)

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: setup
	@.venv/bin/mypy

bench: setup .run/bench/.complete
	@.venv/bin/python -m tests.benchmarks $(ARGS)

LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-annotate \
       --custom-compile-command "make lock"

lock: setup
	@$(LOCK) --all-extras pyproject.toml --group dev --output-file .locks/dev.txt $(ARGS)
	@$(LOCK) --all-extras pyproject.toml --constraints .locks/dev.txt --output-file .locks/production.txt $(ARGS)
	@$(LOCK) --group bench --output-file .locks/bench.txt $(ARGS)

# A name on the path is not enough: a version manager may answer to python3.13 without having one.
FITTING = import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 12))

.venv/.complete: .locks/dev.txt
	@.venv/bin/python -c '$(FITTING)' 2>/dev/null || { \
	    for python in $(PYTHON) python3.13 python3.12 python3.14 python3 none; do \
	        "$$python" -c '$(FITTING)' 2>/dev/null && break; \
	    done; \
	    test "$$python" != none || { echo "atsbridge needs Python 3.12 or newer with venv; 3.13 is best. \
	Install one, or say where it is: make setup PYTHON=/path/to/python3" >&2; exit 1; }; \
	    "$$python" -m venv --clear .venv; \
	}
	@echo "Installing what .locks/dev.txt lists into .venv"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .locks/dev.txt
	@touch $@

.run/bench/.complete: .locks/bench.txt | .venv/.complete
	@echo "Installing what .locks/bench.txt lists into .run/bench, for the benchmark alone"
	@.venv/bin/python -m venv --clear .run/bench
	@.run/bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .locks/bench.txt
	@touch $@
