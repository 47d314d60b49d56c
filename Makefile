# Two commands for a newcomer: `make demo` and `make test`. Each does all of its own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
THERAPPORT := $(BIN)/therapport

SPARK := $(VENV)/spark
LANGUAGE := src/therapport/language

.PHONY: demo test test-spark bench bench-batch bench-tuning bench-serving bench-shares soak soak-serving validity ui serve \
  lint types contracts docs format messages lock clean help

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "therapport needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## Train, track, score and explain a real and a simulated cohort
	@sh training/demo.sh $(BIN)

# One thread each for linear algebra: several workers with several threads get into each other's way.
test: $(READY)  ## Pass the whole suite
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile

# Beside the environment and not in it: pandera loads Spark's pandas wherever that can be found.
$(SPARK)/.ready: requirements-spark.lock $(READY)
	rm -rf $(SPARK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --target $(SPARK) \
	  -r requirements-spark.lock
	@touch $@

test-spark: $(SPARK)/.ready  ## Pass the tests of scoring in Spark (needs Java 17)
	PYTHONPATH=$(SPARK) THERAPPORT_REQUIRE_SPARK=1 $(BIN)/python -m pytest tests/batch/test_spark.py

bench: $(READY)  ## Measure speed beside peers, and write the tables of docs/performance.md
	$(BIN)/python -m tests.bench.explanation --write docs/performance.md

bench-batch: $(READY)  ## Time a million patients from Parquet to Parquet, beside pandas and xgboost
	$(BIN)/python -m tests.bench.batch --write docs/performance.md

bench-tuning: $(READY)  ## Time a tuned study beside scikit-learn's nested random search (half an hour)
	$(BIN)/python -m tests.bench.tuning --write docs/performance.md

bench-shares: $(READY)  ## Time shares of families beside a loop of scikit-learn and xgboost (a quarter of an hour)
	$(BIN)/python -m tests.bench.shares --write docs/performance.md

bench-serving: $(READY)  ## Time the server beside MLflow's own (ten minutes)
	$(BIN)/python -m tests.bench.serving --write docs/serving.md
	$(BIN)/python -m tests.bench.serving_stages --write docs/serving.md

soak: $(READY)  ## Long trials: a thousand random models against the definition, fifty killed runs
	$(BIN)/python -m tests.soak.explanation --write docs/performance.md
	$(BIN)/python -m tests.soak.batch --write docs/performance.md

soak-serving: $(READY)  ## Kill the server under load, send it rubbish, try its whole description (a quarter of an hour)
	$(BIN)/python -m tests.soak.serving --write docs/serving.md

validity: $(READY)  ## Long trials: do intervals and choices hold in 200 simulated studies? (an hour; can be stopped and taken up)
	$(BIN)/python -m training.validity.trials --write docs/validity.md
	$(BIN)/python -m training.validity.debate --kept trials/shares.jsonl --write docs/validity.md

ui: $(READY)  ## Open the MLflow UI on mlruns/, at http://127.0.0.1:5000
	$(THERAPPORT) ui

CASELOAD := $(addprefix --cohort ,$(wildcard demo/simulated/cohort.parquet))

serve: $(READY)  ## Serve API and pages with the champions of the demo, at http://127.0.0.1:8000
	$(THERAPPORT) serve models:/simulated@champion models:/btheb@champion $(CASELOAD)

lint: $(READY)  ## Check style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)  ## Check types
	$(BIN)/mypy

contracts: $(READY)  ## Check who may import whom
	$(BIN)/lint-imports

format: $(READY)  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(READY)  ## Bring the catalogues of translated sentences up to date
	$(BIN)/pybabel -q extract -F $(LANGUAGE)/babel.cfg -k N_ -k pgettext:1c,2 --no-location -o $(VENV)/messages.pot .
	for code in $$($(BIN)/python -c 'from therapport.language import LANGUAGES; print(*list(LANGUAGES)[1:])'); do \
	  if [ -e $(LANGUAGE)/$$code.po ]; then work='update --no-fuzzy-matching --ignore-obsolete'; else work=init; fi; \
	  $(BIN)/pybabel -q $$work --width 118 -i $(VENV)/messages.pot -o $(LANGUAGE)/$$code.po -l $$code; \
	  grep -vE '^"(Project-Id|Report-Msgid|POT-|PO-|Last-T|Language-T|Generated-By)' $(LANGUAGE)/$$code.po > $(VENV)/$$code.po; \
	  cp $(VENV)/$$code.po $(LANGUAGE)/$$code.po; \
	done

lock:  ## Resolve the dependencies anew, with hashes and without naming an index
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --extra bench --extra cluster --extra dev --extra duckdb --extra examples \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	echo "pyspark>=4.0" | uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" -c requirements.lock - -o requirements-spark.lock

clean:  ## Remove the environment and the demo's output (tracked runs stay)
	rm -rf $(VENV) demo
