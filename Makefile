# `make help` says what there is.

PYTHON_CODE := .venv/bin
# Tests and demonstrations start processes by the dozen: what one has compiled is there for the next.
unexport PYTHONDONTWRITEBYTECODE

# Each worker has its own broker and database server (tests/conftest.py says which tests stay together on one).  One more
# than the two cores of a small machine: a third of the time goes to waiting for servers and browsers.  Files come in their
# order, so that those with browsers and servers do not come last.
TEST_WORKERS ?= 3
# What `make agree` takes: the seeds FROM.. of so many FILES, some 500 files a minute.
FROM ?= 1000
FILES ?= 20000

.DEFAULT_GOAL := help
.PHONY: help setup servers demo test test-docker agree fuzz check format bench up docs screenshots constraints

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv with everything in it (does nothing when nothing has changed)
	@scripts/setup

servers: ## Install RabbitMQ, PostgreSQL, nginx and Chromium where they are missing (as root)
	@scripts/install-servers

demo: setup ## Show the main job on the sample district: upload, correct, preview, process, report
	$(PYTHON_CODE)/rollbook demo

test: setup servers ## Run all tests, on real servers (ARGS="-k name" for some)
	$(PYTHON_CODE)/pytest -n $(TEST_WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

test-docker: setup ## Build the containers, bring them up and use them (some minutes; a Docker engine, or root)
	$(PYTHON_CODE)/pytest -x -s tests/containers $(ARGS)

agree: setup ## Hold the validator to the reference on many damaged files (FILES=20000 FROM=1000)
	ROLLBOOK_REFERENCE_FILES=$(FILES) ROLLBOOK_REFERENCE_SEED=$(FROM) $(PYTHON_CODE)/pytest -q -n $(TEST_WORKERS) --dist load \
		tests/unit/validator/test_agreement_with_the_reference.py

# Not in constraints.txt: only `make fuzz` needs it, and it is built for few versions of Python.
FUZZER := atheris==3.0.0
SECONDS ?= 600

fuzz: setup ## Fuzz the reader and the validator, guided by coverage (SECONDS=600)
	@test -d .venv/fuzz || $(PYTHON_CODE)/python -m pip install -q --disable-pip-version-check --target .venv/fuzz $(FUZZER)
	@printf '%s\n' reader validator | PYTHONPATH=.venv/fuzz:tests xargs -P 2 -I TARGET \
		$(PYTHON_CODE)/python tests/fuzz/run.py TARGET -max_total_time=$(SECONDS) -verbosity=0 -print_final_stats=1

check: setup ## Format, lint, types, import contracts, generated documents
	$(PYTHON_CODE)/ruff format --check .
	$(PYTHON_CODE)/ruff check .
	$(PYTHON_CODE)/mypy
	$(PYTHON_CODE)/lint-imports
	$(PYTHON_CODE)/python docs/generate --check

bench: setup servers ## Measure a million rows from upload to report (ARGS for bench/run.py)
	@scripts/bench-rivals
	PYTHONPATH=deploy/local $(PYTHON_CODE)/python bench/run.py $(ARGS)

up: setup servers ## Run the distributed Rollbook on this machine until Ctrl-C (ARGS="--port 8080")
	@PYTHONPATH=deploy/local $(PYTHON_CODE)/python -m distributed $(ARGS)

format: setup ## Put the code in its usual form
	$(PYTHON_CODE)/ruff format .
	$(PYTHON_CODE)/ruff check --fix .

docs: setup ## Write the generated documents again
	$(PYTHON_CODE)/python docs/generate

screenshots: setup servers ## Take the pictures of docs/pages.md again (ARGS="--all FOLDER" for every state of each)
	PYTHONPATH=tests:deploy/local $(PYTHON_CODE)/python docs/screenshots/take.py $(ARGS)

constraints: setup ## Write down the exact versions that are installed now
	@scripts/freeze
