.PHONY: demo test check lock clean
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/installed ## Drop sample documents in an embedded bucket, refine them, show what came out
	$(BIN)/docmill demo

test: .venv/installed ## Run the tests
	$(BIN)/pytest

check: .venv/installed ## Lint, types and import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/docmill schema --check docs/schema/docmill-1.0.schema.json

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

lock: ## Pin every dependency again, with hashes (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group dev pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --group train pyproject.toml --output-file requirements-train.lock

clean:
	rm -rf .venv .docmill docmill-demo dist
