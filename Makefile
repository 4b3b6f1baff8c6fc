# The two commands are `make lab` and `make test`; `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help lab test install dev chromium packages player screenshots lint format types rooms tests train bench bench-lora load clean
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# The first Python that will do; `make lab PYTHON=/path/to/python3.12` chooses another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && { command -v "$$p"; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# JupyterLab refuses to run as root unless told that it is meant.
LAB_FLAGS ?= $(if $(filter 0,$(shell id -u)),--allow-root)
# No question about news before the first cell; players are saved with their notebook.
LAB_SETTINGS := $(VENV)/share/jupyter/lab/settings
PYTEST_FLAGS ?=
# Processes that share the tests (PYTEST_FLAGS='-n 0 --pdb' for one that can be debugged).
TEST_PROCESSES ?= 2
TRAIN_FLAGS ?=
LOAD_FLAGS ?=
LORA_FLAGS ?=
MODEL ?= builtin
COMPILED := hatch_build.py $(wildcard cwm_lab/recorder/*.py)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: install ## open JupyterLab on the welcome notebook (installs the base profile first; no torch)
	$(BIN)/jupyter lab $(LAB_FLAGS) notebooks/welcome.ipynb

test: dev chromium packages ## install the dev profile and run everything that judges the project
	@$(MAKE) --no-print-directory lint types rooms
	@$(MAKE) --no-print-directory tests

install: $(VENV)/.base-installed ## install the base profile into .venv

dev: $(VENV)/.dev-installed ## install the dev profile into .venv

chromium: ## install Debian's chromium if there is no chromium or chrome
	@scripts/ensure-chromium

packages: # what checks the player's JavaScript, and the hub's proxy; without npm those tests are skipped, and say so
	@for folder in cwm_lab/notebook/js tests/server/hub; do \
		if command -v npm >/dev/null && [ ! -e $$folder/node_modules ]; then \
			(cd $$folder && npm ci --silent) || \
			echo "npm could not install what $$folder needs: its tests will be skipped" >&2; \
		fi; \
	done

player: ## bundle the player's JavaScript (needs Node.js 20 or newer; the bundle is committed)
	cd cwm_lab/notebook/js && npm ci --silent && node build.js

screenshots: $(VENV)/.dev-installed chromium ## pictures of the player for docs/, more in test-artifacts/
	$(BIN)/python scripts/screenshots.py

lint: $(VENV)/.dev-installed ## ruff: format and lint
	$(BIN)/ruff format --check
	$(BIN)/ruff check

format: $(VENV)/.dev-installed ## ruff: rewrite to the project's format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

types: $(VENV)/.dev-installed ## mypy, strict
	$(BIN)/mypy

rooms: $(VENV)/.dev-installed ## import-linter: who may import whom
	$(BIN)/lint-imports --no-cache

# Processes that each use all cores for one product wait for each other most of the time.
tests: $(VENV)/.compiled ## pytest alone (PYTEST_FLAGS='-m "not browser"' for less)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(TEST_PROCESSES) --no-loadscope-reorder $(PYTEST_FLAGS)

train: $(VENV)/.dev-installed ## train the built-in model from nothing (hours; resumes; TRAIN_FLAGS=...)
	$(BIN)/cwm-lab train $(TRAIN_FLAGS)

bench: $(VENV)/.compiled ## time recorder and model (docs/benchmarks.md), then score MODEL on tests/programs
	$(BIN)/python -m tests.benchmarks.recorder_speed --write docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.worldmodel_speed --write docs/benchmarks.md
	$(BIN)/cwm-lab evaluate tests/programs --model $(MODEL)

bench-lora: $(VENV)/.dev-installed ## fine-tune the built-in model on a course of one idea, 15 minutes (LORA_FLAGS=...)
	$(BIN)/python -m tests.benchmarks.lora $(LORA_FLAGS)

load: $(VENV)/.dev-installed ## ask a class server on loopback as 1, 30 and 200 students would (LOAD_FLAGS=...)
	$(BIN)/python -m tests.benchmarks.class_load $(LOAD_FLAGS)

clean: ## remove .venv and the caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

# A stamp is written only after an install that succeeded, so that an interrupted one is done
# again, and is older than what it installs from when that changed.
$(VENV)/.base-installed: pyproject.toml $(COMPILED) | $(VENV)/.created
	@echo "Installing CWM Lab's base profile into $(VENV) (a minute or two) ..."
	@$(PIP) install -qq --editable .
	@touch $@

$(VENV)/.dev-installed: pyproject.toml constraints.txt | $(VENV)/.created
	@echo "Installing CWM Lab's dev profile into $(VENV) (a few minutes) ..."
	@$(PIP) install -qq --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/.base-installed $(VENV)/.compiled $@

# Where a C compiler is, the recorder runs compiled; see docs/benchmarks.md.
$(VENV)/.compiled: $(COMPILED) | $(VENV)/.dev-installed
	@$(BIN)/python hatch_build.py
	@touch $@

# A working environment is kept as it is; half a one is made anew.
$(VENV)/.created:
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		scripts/make-venv "$(PYTHON)" $(VENV); \
	fi
	@mkdir -p $(LAB_SETTINGS)
	@printf '%s\n' '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},' \
		'"@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": true}}' \
		> $(LAB_SETTINGS)/overrides.json
	@touch $@
