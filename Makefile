# Everything runs in .venv, which the first call makes; a second call starts within seconds.
#   make PYTHON=python3.12 test     takes another interpreter
PYTHON ?=
export PYTHON
BIN := .venv/bin

.PHONY: help demo run test test-fast test-statistics test-cluster test-browser bench screenshots tables models \
	models-graph lint format clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1|/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

demo: ## open the window on a shipped digit and certify it; leaves out/demo.{pdf,json,png}
	@scripts/setup.sh
	@$(BIN)/certiscope demo --out out

run: ## open the window
	@scripts/setup.sh
	@$(BIN)/certiscope

test: lint ## lint, types and all tests, the fast and the thorough ones
	@$(BIN)/python -m pytest -n auto --dist loadfile

test-fast: ## the fast tests alone: one case of every long walk
	@scripts/setup.sh test
	@$(BIN)/python -m pytest -n auto --dist loadfile \
		-m 'not thorough and not statistics and not bench and not cluster and not browser'

lint: ## ruff and mypy
	@scripts/setup.sh test
	@$(BIN)/ruff check .
	@$(BIN)/mypy

test-statistics: ## the slow tests: coverage of the bounds over many seeds
	@scripts/setup.sh test
	@$(BIN)/python -m pytest -m statistics

test-cluster: ## the tests that start Ray on this machine
	@scripts/setup.sh test,cluster
	@$(BIN)/python -m pytest -m cluster

test-browser: ## the test that opens a page in a headless Chromium, where there is one
	@scripts/setup.sh test
	@$(BIN)/python -m pytest -m browser

bench: ## speed against the reference loop and the Adversarial Robustness Toolbox
	@scripts/setup.sh bench
	@$(BIN)/python -m bench --out out/bench.json

screenshots: ## every page of the window in every theme and size, into out/screens
	@scripts/setup.sh bench
	@$(BIN)/python -m bench.screenshots

tables: ## radii of every noise law in every norm, as CSV in out/tables; and those that plans look up
	@scripts/setup.sh
	@$(BIN)/python -m engine.planning.radius_tables --looked-up assets/tables/radii.npz

models: ## train the shipped models again
	@scripts/setup.sh
	@$(BIN)/python -m engine.demos

models-graph: ## train a graph model: make models-graph DATA=cora_ml.npz [ARGS='--scheme sparse']
	@scripts/setup.sh
	@$(BIN)/python -m engine.training.graphs --data $(DATA) $(ARGS)

format: ## format the sources
	@scripts/setup.sh test
	@$(BIN)/ruff format certiscope engine gui tests bench hatch_build.py

clean: ## remove what the other targets made
	rm -rf .venv out build dist
