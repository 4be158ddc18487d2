.PHONY: demo test check fuzz faults lock clean
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/installed ## Drop sample documents in an embedded bucket, refine them, show what came out
	$(BIN)/docmill demo

test: .venv/installed ## Run the tests, three at a time: they wait a lot
	$(BIN)/pytest -n 3 --dist worksteal

check: .venv/installed ## Lint, types and import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/docmill schema --check docs/schema/docmill-1.0.schema.json

fuzz: .venv/installed ## Damage documents of every format for SECONDS each and read them
	PYTHONPATH=tests $(BIN)/python tests/fuzzing.py $(or $(SECONDS),60) $(READERS)

faults: .venv/installed ## Kill and disturb docmill RUNS times on STORE (ministack, moto, seaweedfs) and check that nothing is lost
	PYTHONPATH=tests $(BIN)/python -m faults --parts 400 --runs $(or $(RUNS),200) --store $(or $(STORE),ministack)

.venv/installed: requirements.lock pyproject.toml
	@echo "Setting up .venv, once: 1.5 GB of packages, some minutes"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	# By all cores, where pip uses one, and ours, which else each process would compile anew where Python may not write
	# what it compiled; some files are no modules.
	$(BIN)/python -m compileall -qq -j 0 .venv/lib docmill flows schemas tasks || true
	touch $@

lock: ## Pin every dependency again, with hashes (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group dev pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group train pyproject.toml --output-file requirements-train.lock

clean:
	rm -rf .venv .docmill docmill-demo dist
