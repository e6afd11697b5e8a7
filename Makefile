# MedTriage: `make run` is all a first visitor needs; `make check test` is all that CI runs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LAWS ?= 100000
FAST := not browser and not slow

export OMP_NUM_THREADS ?= 1
export MLFLOW_DISABLE_TELEMETRY ?= true
export DO_NOT_TRACK ?= true
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1

.PHONY: help setup run test check bench faults strace laws load browser attacks sbom

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(STAMP) ## build .venv from the hashed lock (nothing to do while the lock is unchanged)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed: make setup PYTHON=python3.11" >&2; exit 2; }
	@echo "[1/3] $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "[2/3] libraries of requirements.lock, each checked by its hash"
	@$(BIN)/python -m pip install --progress-bar on --require-hashes -r requirements.lock
	@echo "[3/3] medtriage itself, editable"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## serve the pages and the routes on http://127.0.0.1:8501
	@exec $(BIN)/medtriage serve

test: setup browser strace ## the fast set first, then those that train a model, start a process or drive a browser
	@echo "fast set"
	@$(BIN)/python -m pytest -n 2 -m "$(FAST)"
	@echo "models, processes and browser"
	@$(BIN)/python -m pytest -n 2 -m "not ($(FAST))" || { \
		echo "once more, alone: what failed beside a browser and a training on the same cores"; \
		$(BIN)/python -m pytest -p no:xdist --last-failed --last-failed-no-failures none -m "not ($(FAST))"; }

strace: # for the tests that kill a process at a system call
	@command -v strace >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "installing strace"; apt-get update -qq && apt-get install -y -qq --no-install-recommends strace >/dev/null; \
		else echo "no strace: some faults will be told as impossible here" >&2; fi; }

browser: # Debian's chromium, for the tests that look at the pages
	@command -v chromium >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "installing chromium"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; \
		else echo "the browser tests need chromium: install it, then run make test again" >&2; exit 1; fi; }

check: setup ## format, lint, types, arrows between rooms, generated files fresh
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m triage_core.rules.describe --check
	@$(BIN)/python -m triage_core.dictionary --check
	@$(BIN)/python -m app.safety.describe --check
	@$(BIN)/python -m app.catalogue --check
	@$(BIN)/python -m app.safety.dpia --check
	@$(BIN)/python -m app.access.describe --check
	@$(BIN)/python -m app.inventory --check
	@$(BIN)/python -m triage_core.training.fit_motifs --check

bench: setup ## ratios of the decision, the journal, the idle server and a large retraining against their goals (ONLY=import)
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

load: setup ## twenty nurses typing at once for MINUTES=10 on the real server
	@$(BIN)/python -m tests.load.run --minutes $(or $(MINUTES),10)

faults: setup strace ## kills, power cuts, full disks, flipped bits, made for real: the table of what was tried and held
	@$(BIN)/python -m tests.faults

laws: setup ## the laws of the decision on many generated patients (LAWS=100000)
	@MEDTRIAGE_LAWS=$(LAWS) $(BIN)/python -m pytest tests/triage_core/test_laws.py

attacks: setup ## every attack on a real server with accounts; prints what was tried and what held
	@$(BIN)/python -m tests.attacks

sbom: setup ## the list of all software inside, as CycloneDX JSON in .cache/sbom.json
	@mkdir -p .cache
	@$(BIN)/python -m app.inventory --sbom .cache/sbom.json
