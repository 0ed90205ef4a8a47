PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

N ?= 1000
SEED ?= 0
JOBS ?= 2

.PHONY: demo test test-newest test-oldest random-markets mutants fuzz signals driver-kills ray-faults microgrid-enumeration microgrid-decomposition lint bench clean

demo: $(VENV)/.installed
	$(BIN)/walras compare rts24_paper

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto -q

# With the newest packages that pyproject.toml allows, whatever constraints.txt says, and with the oldest ones; without
# HiPO, whose libraries come later than HiGHS and would hold it back.
test-newest test-oldest: test-%: | .venv-%/bin/python
	if [ $* = oldest ]; then $(PYTHON) tests/dependencies/lowest_bounds.py; fi > .venv-$*/constraints.txt
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --upgrade --upgrade-strategy eager \
		-c .venv-$*/constraints.txt -e ".[test]"
	.venv-$*/bin/python -m pytest -n auto -q

random-markets: $(VENV)/.installed-dev
	$(BIN)/python tests/random_markets/run_random_markets.py --count $(N) --seed $(SEED) --jobs $(JOBS)

mutants: $(VENV)/.installed-mutants
	$(BIN)/python tests/mutants/run_mutants.py

signals: $(VENV)/.installed-dev
	$(BIN)/python tests/signals/send_signals.py

driver-kills: $(VENV)/.installed-dev
	$(BIN)/python tests/driver_kills/run_driver_kills.py --seed $(SEED)

ray-faults: $(VENV)/.installed-dev
	$(BIN)/python tests/ray_faults/run_ray_faults.py

microgrid-enumeration: $(VENV)/.installed-dev
	$(BIN)/python tests/microgrids/run_enumeration.py

microgrid-decomposition: $(VENV)/.installed-dev
	$(BIN)/python tests/microgrids/run_decomposition.py

fuzz: $(VENV)/.installed-dev
	$(BIN)/python tests/fuzz/run_fuzz.py

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed
	$(BIN)/walras bench

clean:
	rm -rf $(VENV) .venv-newest .venv-oldest build dist *.egg-info

%/bin/python:
	$(PYTHON) -m venv $*

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test,hipo,lint]"
	touch $@ $(VENV)/.installed

$(VENV)/.installed-mutants: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[mutants]"
	touch $@
