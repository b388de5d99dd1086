# Needs Python 3.11 or newer, and make. Every target makes its own .venv on first use.
PYTHON ?= python3
# Tests at a time: one more than two cores, as those in real time mostly wait.
JOBS ?= 3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test coverage quick bench docs lint fmt clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: $(READY) ## play client configurations through incidents, and compare them
	@$(BIN)/brownout demo

test: lint ## lint, then every test
	$(BIN)/pytest -n $(JOBS)

coverage: $(READY) ## every test, and the lines that none runs; takes twice as long
	$(BIN)/pytest -n $(JOBS) --cov

quick: $(READY) ## the tests that take seconds
	$(BIN)/pytest -n $(JOBS) -m "not slow"

bench: $(READY) ## what must be fast; writes out/bench.json
	$(BIN)/python benchmarks/run.py

docs: $(READY) ## write the generated reference pages
	@$(BIN)/python docs/generate.py --all

lint: $(READY) ## style, types, and which folder may import which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fmt: $(READY) ## format, and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove .venv and all caches; results in out/ stay
	rm -rf .venv build dist htmlcov .coverage .coverage.* .*_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@echo "Setting up .venv (once, about half a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade pip  # a third quicker than the one Python brings
	@$(BIN)/python -m pip install --quiet --editable '.[all,dev]'
	@touch $@
