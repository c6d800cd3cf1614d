# All commands of BrickMod. `make run` and `make test` need Python >= 3.11, make and git; they install the rest into .venv.
.DEFAULT_GOAL := help
.PHONY: help run test bench lint lock messages clean chromium

VAR := $(or $(BRICKMOD_VAR),var)
PY := .venv/bin/python
STAMPS := .venv/stamps
PACKAGES := $(STAMPS)/packages
MODELS := $(VAR)/models/prepared
# CLOUDS=1 adds what segments on Azure and Google Cloud need.
LOCKS := requirements.txt $(wildcard requirements-models.txt) $(if $(CLOUDS),requirements-clouds.txt)
STEP = @printf '\n== %s ==\n'

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

run: $(PACKAGES) $(MODELS) ## Start all of BrickMod: PORT=8123 moves it, DEMO=0 leaves the database empty
	@$(PY) -m brickmod.run

test: $(PACKAGES) $(MODELS) chromium lint ## Lint, types, import rules and every test; the first step that fails ends it
	$(STEP) 'tests on PostgreSQL'
	@$(PY) -m tests.postgres $(PY) -m pytest -n logical --maxprocesses 8 --dist loadgroup -m postgres
	$(STEP) 'tests on the embedded default'
	@$(PY) -m pytest -n logical --maxprocesses 8 --dist loadgroup

bench: $(PACKAGES) $(MODELS) ## Run benchmarks/, print their tables, write var/bench/*.json (ARGS=--quick: minutes)
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(PY) $$file $(ARGS) || exit 1; done

lint: $(PACKAGES) ## Style, types, import rules, missing migrations
	$(STEP) 'style'
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	$(STEP) 'system checks and migrations'
	@$(PY) manage.py makemigrations --check --dry-run
	$(STEP) 'types'
	@$(PY) -m mypy brickmod featurestore moderation engagement
	$(STEP) 'import rules'
	@.venv/bin/lint-imports

lock: $(PACKAGES) ## Compile requirements.in to requirements.txt (ARGS=--upgrade takes newer versions)
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command 'make lock' $(ARGS) requirements.in -o requirements.txt >/dev/null
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command 'make lock' -c requirements.txt $(ARGS) requirements-clouds.in \
	  -o requirements-clouds.txt >/dev/null
	@! grep -n '://' requirements.txt requirements-clouds.txt || { echo 'A lock names an address; it must not.' >&2; exit 1; }

messages: $(PACKAGES) ## Bring locale/ up to the sources' sentences and compile it (docs/languages.md)
	@$(PY) manage.py messages

clean: ## Remove .venv and caches; var/ (your data) stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

# A command that is there but does not work (a version manager's shim without that version) is passed over.
$(PY):
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making .venv with $$($$python --version)"; exec $$python -m venv --clear .venv; fi; done; \
	echo 'Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv); PYTHON=… names one.' >&2; exit 1

# uv comes by pip, in the version and with the hashes of the lock.
$(STAMPS)/uv: requirements.txt | $(PY)
	@mkdir -p $(STAMPS)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(STAMPS)/uv.txt
	@echo 'Installing uv'
	@$(PY) -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps -r $(STAMPS)/uv.txt
	@touch $@

# The models' packages are in a lock of their own, since what they depend on is not wanted; sync installs what is listed.
$(PACKAGES): $(LOCKS) $(STAMPS)/uv
	@echo 'Installing the packages of the lock. The first time, the full build of torch is several GB to download.'
	@.venv/bin/uv pip sync --python $(PY) --require-hashes $(LOCKS)
	@touch $@

$(MODELS): $(PACKAGES) $(wildcard featurestore/encoders/*.py moderation/detectors/*/*.py)
	@echo 'Preparing the models in $(VAR)/models'
	@$(PY) manage.py prepare_models
	@mkdir -p $(@D) && touch $@

chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo 'Installing Chromium for the browser tests'; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; \
	else echo 'The browser tests need Chromium; install the package chromium (Debian: apt-get install chromium).' >&2; exit 1; fi
