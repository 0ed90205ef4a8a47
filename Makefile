PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test mutants fuzz lint bench clean

demo: $(VENV)/.installed
	$(BIN)/walras compare rts24

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto -q

mutants: $(VENV)/.installed-mutants
	$(BIN)/python tests/mutants/run_mutants.py

fuzz: $(VENV)/.installed-dev
	$(BIN)/python tests/fuzz/run_fuzz.py

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

$(VENV)/.installed-mutants: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[mutants]"
	touch $@
