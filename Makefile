# Two targets do everything a newcomer needs: `make demo` and `make test`.
# Where PyPI's torch would pull CUDA's gigabytes (Linux x86-64):  make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
TORCH_INDEX ?=
BIN := .venv/bin
STAMP := .venv/.installed
SHARED ?= ../shared

.PHONY: setup demo test lint check scores clean help

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

setup: $(STAMP)  ## make .venv and install everything into it

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "On Record needs Python 3.11 or newer; $(PYTHON) is older: set PYTHON=python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) --editable '.[dev]'
	@touch $@

demo: setup  ## index the sample coverage, ask four questions, show the answers
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh data/sample/demo.sh

test: setup  ## run the tests
	$(BIN)/python -m pytest

lint: setup  ## ruff, mypy, and the import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check: lint test  ## everything that CI runs

scores: setup  ## every quality figure; needs the evaluation data in $(SHARED)
	ONRECORD_SHARED=$(SHARED) $(BIN)/python -m benchmarks

clean:  ## remove what the other targets made
	rm -rf .venv .demo dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
