PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

N ?= 1000
SEED ?= 0
JOBS ?= 2

.PHONY: demo test random-markets mutants lint bench clean

demo: $(VENV)/.installed
	$(BIN)/walras compare rts24

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto -q

random-markets: $(VENV)/.installed-dev
	$(BIN)/python tests/random_markets/run_random_markets.py --count $(N) --seed $(SEED) --jobs $(JOBS)

mutants: $(VENV)/.installed-mutants
	$(BIN)/python tests/mutants/run_mutants.py

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed
	$(BIN)/walras bench

clean:
	rm -rf $(VENV) build dist *.egg-info

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test,lint]"
	touch $@ $(VENV)/.installed

$(VENV)/.installed-random-markets: $(VENV)/.installed-dev
	$(BIN)/python tests/random_markets/run_random_markets.py --count $(N) --seed $(SEED) --jobs $(JOBS)

mutants: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[mutants]"
	touch $@
