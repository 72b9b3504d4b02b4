PORT ?= 8000
RESET ?=
ARGS ?=
PYTHON ?=

.PHONY: setup demo test lint types lock

setup: .venv/.complete

demo: setup
	@.venv/bin/python -m atsbridge.demo --port $(PORT) $(if $(RESET),--reset)

test: setup
	@.ci/test $(ARGS)

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: setup
	@.venv/bin/mypy

LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-annotate --all-extras \
       --custom-compile-command "make lock" pyproject.toml

lock: setup
	@$(LOCK) --group dev --output-file .locks/dev.txt $(ARGS)
	@$(LOCK) --constraints .locks/dev.txt --output-file .locks/production.txt $(ARGS)

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
