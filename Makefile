PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install serve check test soak bench clean

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "No virtual environment: install Python's venv (Debian: python3-venv)."; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

serve: install
	$(BIN)/entrepot serve --port $(PORT)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/entrepot fmt --check ontology
	$(BIN)/entrepot check

test: install
	$(BIN)/pytest --numprocesses=auto --dist=worksteal

soak: install
	$(BIN)/pytest -m soak

# The peers have pins of their own, so they live in an environment of their own.
.venv-bench/installed: Makefile
	@$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check grlc==1.3.11 'rdflib-endpoint[cli]==0.6.3' setuptools==65.5.0
	@touch $@

bench: install .venv-bench/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python tests/benchmarks/answers.py
	$(BIN)/python tests/benchmarks/compare.py
	$(BIN)/python tests/benchmarks/world.py

clean:
	rm -rf .venv .venv-bench build state .mypy_cache .pytest_cache .ruff_cache
