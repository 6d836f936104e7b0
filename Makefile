# Two commands on a fresh machine: `make rehearse` and `make test`. Both set up what they need, once.
.DEFAULT_GOAL := help
.PHONY: help setup rehearse faults glossary test lint types imports suite mutants bench lock clean
MAKEFLAGS += --no-print-directory
# Without its .pyc files a stage run starts three times slower.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: ## everything that the other commands need; a second run does nothing twice
	@scripts/setup.sh

rehearse: setup ## play a whole cutover in the embedded environment (RUNBOOK=org_v23)
	@$(BIN)/flipgate-rehearsal play $(RUNBOOK)

faults: setup ## every fault and look-alike against running environments (RUNBOOK=org_v23 SEEDS=1); the table goes to docs/
	@$(BIN)/flipgate-rehearsal faults $(RUNBOOK:%=--runbook %) --seeds $(or $(SEEDS),1) --page docs/faults$(RUNBOOK:%=-%).md

glossary: setup ## the sentences of steps/, written into features/README.md
	@$(BIN)/flipgate glossary --write

test: setup lint types imports suite ## everything that CI holds a change to

lint: setup ## style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## mypy, strict
	@$(BIN)/mypy

imports: setup ## the arrows between packages
	@$(BIN)/lint-imports --no-logo

suite: setup ## the suite's own tests
	@$(BIN)/pytest

mutants: setup ## bend the judge in every way that mutmut knows: no test may stay green (MUTANTS="flipgate.gates.latency*")
	@nice -n 10 $(BIN)/python -m scripts.mutants $(MUTANTS)

bench: setup ## what the framework costs, against its bounds
	@$(BIN)/python -m benchmarks

lock: setup ## resolve the dependencies again (needs uv)
	uv pip compile --universal --generate-hashes --no-header --all-extras --python-version 3.11 \
		pyproject.toml -o requirements.lock

clean: ## what a run or a build left behind, the environment included; reports and ledgers stay
	rm -rf .venv node_modules build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
