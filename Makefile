# Everything a contributor needs: `make demo`, `make test`, `make check`, `make bench`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench

.PHONY: demo test check bench clean

$(VENV)/installed: pyproject.toml src/atmos_auth/__init__.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/python demo/demo.py

test: $(VENV)/installed
	$(BIN)/python -m pytest --numprocesses=auto

check: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/architecture

# Measured as a person has it: from a wheel with bytecode, not from an editable checkout; setuptools would slow each start.
$(BENCH)/installed: pyproject.toml $(shell find src -type f -not -name '*.pyc')
	$(PYTHON) -m venv --clear $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --upgrade pip
	$(BENCH)/bin/python -m pip install --quiet --compile '.[emulator]' boto3
	$(BENCH)/bin/python -m pip uninstall --quiet --yes setuptools
	touch $@

# `make bench` measures everything, `make bench FIGURES=warm_start` one figure.
bench: export PYTHONDONTWRITEBYTECODE =
bench: $(BENCH)/installed
	$(BENCH)/bin/python -m benchmarks $(FIGURES)

clean:
	rm -rf $(VENV) $(BENCH) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
