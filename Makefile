# Needs python3 (3.11 or newer; PYTHON=... picks one), make and go. Everything else is installed below this folder.

KUBECONFORM := v0.7.0
PIP_TOOLS := 7.6.2
# Empty: only what is new is pinned.
UPGRADE := --upgrade
KUBERNETES_SCHEMAS := kubernetes_validate-1.34.1-py3-none-any.whl
KUBERNETES_SCHEMAS_SHA256 := 6ad909e64c140d883f558949364aeca49637580ae88a9a00b59688ab44aae88d

NEW_ENOUGH = -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p $(NEW_ENOUGH) 2>/dev/null && echo $$p && break; done)

export PATH := $(CURDIR)/.tools/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

demo: setup kubeconform ## Check and render the example fleet
	.venv/bin/pggitops render --kubeconform always

test: lint fresh kubeconform ## Run every check and test
	.venv/bin/pytest

lint: setup ## Style, types and the direction of imports
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict src
	.venv/bin/lint-imports --no-logo

fuzz: setup ## Run the long randomised tests
	.venv/bin/pytest -m fuzz

test-real: setup ## Run the tests against real programs, which are installed first
	tests/real/install
	.venv/bin/pytest -m real

bench: setup ## Measure speed and memory
	.venv/bin/python bench/run.py

generate: setup .tools/$(KUBERNETES_SCHEMAS) ## Write the generated files
	.venv/bin/python -m pggitops.generate

golden: setup ## Write the golden files of the tests
	PGGITOPS_GOLDEN=write .venv/bin/pytest

lock: .tools/pip-tools/bin/pip-compile ## Pin the newest versions in requirements.lock and requirements-dev.lock
	CUSTOM_COMPILE_COMMAND='make lock' $< --quiet $(UPGRADE) --extra dev --output-file requirements-dev.lock pyproject.toml
	CUSTOM_COMPILE_COMMAND='make lock' $< --quiet $(UPGRADE) --output-file requirements.lock pyproject.toml

setup: .venv/complete ## Install into .venv

clean: ## Remove what make installed or built
	rm -rf .venv .tools build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Generating must change nothing. Before and after are compared, so that work not yet committed does not count.
CHANGES = { git status --porcelain; git diff; } | cksum
fresh: setup
	@if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then \
	  before=$$($(CHANGES)) && $(MAKE) --no-print-directory generate && \
	  if [ "$$before" != "$$($(CHANGES))" ]; then \
	    git status --short; echo 'Generated files were out of date; "make generate" has now written them: commit them.' >&2; exit 1; \
	  fi; \
	fi

# The marker is written last: what was interrupted starts anew.
.venv/complete: requirements-dev.lock pyproject.toml
	@'$(PYTHON)' $(NEW_ENOUGH) 2>/dev/null || { \
	  echo 'Needs Python 3.11 or newer with venv (Debian: python3 and python3-venv), on PATH or as PYTHON=...' >&2; exit 1; }
	'$(PYTHON)' -m venv --clear .venv
	.venv/bin/pip install --quiet --require-hashes -r requirements-dev.lock
	.venv/bin/pip install --quiet --no-deps --no-build-isolation -e .
	.venv/bin/pip check
	@touch $@

# The one on PATH if it is new enough (one that does not tell its version is not), else one of our own.
kubeconform:
	@if ! printf '%s\n' $(KUBECONFORM) "$$(kubeconform -v 2>/dev/null)" | sort -V -C; then \
	  command -v go >/dev/null || { echo 'Found neither kubeconform $(KUBECONFORM) or newer nor go to build it with. Put one of them on PATH.' >&2; exit 1; }; \
	  echo 'Building kubeconform $(KUBECONFORM) into .tools/bin'; \
	  GOBIN='$(CURDIR)/.tools/bin' go install -ldflags '-X main.version=$(KUBECONFORM)' github.com/yannh/kubeconform/cmd/kubeconform@$(KUBECONFORM); \
	fi

# Read as it is: installed, it would fill 50 MB.
.tools/$(KUBERNETES_SCHEMAS): | .venv/complete
	@mkdir -p .tools/download
	@echo 'kubernetes-validate==1.34.1 --hash=sha256:$(KUBERNETES_SCHEMAS_SHA256)' >.tools/download/wanted.txt
	@.venv/bin/pip download --quiet --no-deps --require-hashes --dest .tools/download -r .tools/download/wanted.txt
	@mv .tools/download/$(KUBERNETES_SCHEMAS) $@ && rm -r .tools/download

# The oldest supported Python, whose backports the newer ones install too.
.tools/pip-tools/bin/pip-compile:
	python3.11 -m venv --clear .tools/pip-tools
	.tools/pip-tools/bin/pip install --quiet pip-tools==$(PIP_TOOLS)

.PHONY: help demo test test-real lint fuzz bench generate golden lock setup clean fresh kubeconform
