# Needs Python >= 3.11 and make; everything else is installed into .venv from the lock files in requirements/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: setup demo test check coverage bench lock clean help

help:
	@echo "make setup   .venv with Jackfield and the database engines that come as wheels"
	@echo "make demo    the main job, from an SDK call down to the bytes"
	@echo "make test    every check and test"
	@echo "make check   formatting, lint, types"
	@echo "make coverage  docs/coverage.md: which operations are built, which are not, and why"
	@echo "make bench   side by side with peers, as ratios"
	@echo "make lock    renews the lock files (needs uv)"

$(VENV)/python.stamp:
	$(PYTHON) -c 'import sys; sys.exit("Jackfield needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp pyproject.toml requirements/run.txt requirements/engines.txt requirements/demo.txt
	$(PIP) --require-hashes -r requirements/run.txt -r requirements/engines.txt -r requirements/demo.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements/test.txt
	$(PIP) --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp requirements/bench.txt
	$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@

setup: $(VENV)/run.stamp

demo: $(VENV)/run.stamp
	$(BIN)/jackfield demo

check: $(VENV)/test.stamp
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy

test: $(VENV)/test.stamp check
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

coverage: $(VENV)/run.stamp
	$(BIN)/python -m jackfield.products.coverage > docs/coverage.md

bench: $(VENV)/bench.stamp
	$(BIN)/python -m bench

COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links --python-version 3.11 pyproject.toml
lock:
	$(COMPILE) --all-extras --group test --group bench -o requirements/all.txt
	$(COMPILE) --constraint requirements/all.txt --group build -o requirements/run.txt
	$(COMPILE) --constraint requirements/all.txt --extra engines -o requirements/engines.txt
	$(COMPILE) --constraint requirements/all.txt --extra demo -o requirements/demo.txt
	$(COMPILE) --constraint requirements/all.txt --extra engines --extra demo --group test -o requirements/test.txt
	$(COMPILE) --constraint requirements/all.txt --all-extras --group test --group bench -o requirements/bench.txt
	rm requirements/all.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
