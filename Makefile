# Every target sets up what it needs by itself. A machine needs Python 3.11 or newer, make, a shell, and a way
# to Python packages and Go modules; nothing else.

VENV := .venv
RUN := $(VENV)/bin/python
ARGS ?=

# Tests run in so many processes at once, each with servers of its own; a file's tests stay together.
WORKERS ?= 2
PYTEST := -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
FAST := -m "not cluster and not helm and not postgres and not slow" --timeout=30

# The first Python that is new enough; `make PYTHON=python3.13 setup` chooses another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

NEED_PYTHON = test -n "$(PYTHON)" || { \
	echo "Python 3.11 or newer is needed, and none of python3, python3.11 and so on is that." >&2; \
	echo "On Debian and Ubuntu: apt-get install python3 python3-venv. Or: make PYTHON=/path/to/python3.12" >&2; \
	exit 1; }

LOCK = uv pip compile $(if $(UPGRADE),--upgrade) --quiet --universal --generate-hashes --no-annotate --python-version 3.11 \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup test test-fast e2e coverage lint site crds kustomize powerschool-plugin messages krew hooks version controlplane browser demo console screenshots audit nights fuzz bench bench-peers bench-answers bench-cleanups bench-snapshots bench-fleet bench-fleet-docs bench-docs bench-all lock clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Install the locked dependencies into .venv

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	@$(NEED_PYTHON)
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "setup: $(PYTHON) cannot create virtual environments." >&2; \
		echo "       On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "setup: preparing $(VENV) with $$($(PYTHON) --version)"
	@test -x $(RUN) && $(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "setup: installing the locked packages; one to four minutes, this once"
	@$(RUN) -m pip --disable-pip-version-check install --progress-bar off --require-hashes -r requirements/dev.txt
	@echo "setup: installing roster-operator itself"
	@$(RUN) -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	@touch $@
	@echo "setup: done"

test: setup ## Run all tests; ARGS="tests/ledger -k guard" runs some, ARGS="-n 0" all in one process
	@$(RUN) -m hack.controlplane.build || test "$$CI" != true
	@$(RUN) -m hack.browser.build || test "$$CI" != true
	$(RUN) $(PYTEST) $(ARGS)

test-fast: setup ## Run the tests that need no server and are quick, in under two minutes; takes ARGS as test does
	$(RUN) $(PYTEST) $(FAST) --durations=5 $(ARGS)

coverage: setup ## Run what test-fast runs, and show what of the operator it leaves out; below a floor it fails
	@rm -f .coverage .coverage.*
	$(RUN) -m coverage run $(PYTEST) $(FAST) $(ARGS)
	@$(RUN) -m coverage combine --quiet
	@$(RUN) -m coverage report

e2e: setup controlplane ## Run the journeys in pods on a real node (root, Debian), or in the cluster of E2E_KUBECONFIG
	@e2e/run $(ARGS)

fuzz: setup ## Spoil sources of every kind at random for MINUTES (10), and measure what each sync takes
	@$(RUN) -m tests.hostile.fuzz --minutes $(or $(MINUTES),10) $(ARGS)

nights: setup ## Spend N random nights of random districts (500), from district SEED (0) on
	@$(RUN) -m tests.nights --nights $(or $(N),500) --seed $(or $(SEED),0)

lint: setup ## Check style, types, layers, and that generated files are up to date
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m mypy --explicit-package-bases hack tests benchmarks e2e
	$(VENV)/bin/lint-imports
	$(RUN) -m roster_operator.api.crd --check
	$(RUN) -m hack.plugin --check
	$(RUN) -m hack.release --check

crds: setup ## Generate crds/ and their copies in the chart and for Kustomize from the wire models
	$(RUN) -m roster_operator.api.crd --write

kustomize: setup controlplane ## Generate examples/kustomize/base/operator.yaml from the chart
	@$(RUN) -m hack.kustomize

powerschool-plugin: setup ## Pack examples/powerschool-plugin, which a PowerSchool district installs
	@$(RUN) -m hack.plugin --write

messages: setup ## Bring new texts of the console to the catalogs of its languages, to be translated
	@$(RUN) -m hack.messages

krew: setup ## Make the archive and the manifest by which krew installs `kubectl roster`; REPOSITORY=OWNER/NAME
	@$(RUN) -m hack.krew --repository "$(REPOSITORY)"

site: setup ## Build the documentation as a site in build/site; a link that leads nowhere fails
	@$(RUN) -m hack.site

screenshots: setup ## Take pictures of the console's pages, to build/screenshots
	@mkdir -p build/screenshots
	SCREENSHOTS=build/screenshots $(RUN) -m pytest -q -n 0 tests/console/test_in_a_browser.py tests/console/test_wizard_pages.py -k "nothing_is_found or newcomer"

hooks: setup ## Let git check what is committed and pushed, by .pre-commit-config.yaml
	@$(VENV)/bin/pre-commit install

version: setup ## Bring VERSION=X.Y.Z to every place that names the version
	@$(RUN) -m hack.release --write "$(VERSION)"

controlplane: ## Build the Kubernetes API server of the tests and the demo (minutes, once)
	@$(NEED_PYTHON)
	@$(PYTHON) -m hack.controlplane.build

browser: setup ## Install the browser of the console's tests (a minute, once)
	@$(RUN) -m hack.browser.build

demo: setup ## Show the operator at work, from old accounts made clean to a roster change; ARGS=--keep leaves it running
	@$(RUN) -m hack.demo $(ARGS)

console: setup ## Open the console's pages with five simulated districts in five states, until Ctrl-C
	@$(RUN) -m hack.demo.console $(ARGS)

audit: build/audit/.installed ## Look for known vulnerabilities in the locked packages of the image
	@build/audit/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements/runtime.txt

build/audit/.installed: requirements/audit.txt
	@$(NEED_PYTHON)
	@$(PYTHON) -m venv --clear build/audit
	@build/audit/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/audit.txt
	@touch $@

bench: setup ## Measure what a sync takes over a network, and costs; SIZE=small, medium, large, million or odd
	@$(RUN) -m benchmarks $(ARGS)

bench-peers: setup build/peers/.installed ## Measure reading against the OneRoster clients of PyPI
	@$(RUN) -m benchmarks.peers build/peers/bin/python

# One of the clients needs Python 3.12; without it the others are measured. PEERS_PYTHON names one off the path.
build/peers/.installed: requirements/peers.txt
	@for python in $(PEERS_PYTHON) python3.14 python3.13 python3.12 $(PYTHON); do \
		$$python -m venv --clear build/peers 2>/dev/null && break; done
	@build/peers/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/peers.txt
	@touch $@

bench-answers: setup ## Measure how long answers and an undo take in a district of SIZE
	@$(RUN) -m benchmarks.answers $(ARGS)

bench-cleanups: setup ## Measure the import of twice as many accounts as SIZE has students, and a clean-up of them
	@$(RUN) -m benchmarks.cleanups $(ARGS)

bench-snapshots: setup ## Measure what keeping the last reading costs a sync of SIZE
	@$(RUN) -m benchmarks.snapshots $(ARGS)

bench-docs: setup ## Put what the benchmarks measured into docs/contribute/performance.md
	@$(RUN) -m benchmarks.publish

bench-fleet: setup ## Measure thousands of districts on one operator; SIZE=small takes minutes
	@$(RUN) -m benchmarks.fleet $(ARGS)

bench-fleet-docs: setup ## Measure the fleet and write the figures into docs/contribute/performance-fleet.md
	@$(RUN) -m benchmarks.fleet --report $(ARGS)

bench-all: ## Measure everything that docs/contribute/performance.md shows, and put it there; an hour on a quiet machine
	$(MAKE) bench SIZE=large
	$(MAKE) bench-snapshots SIZE=large
	$(MAKE) bench-answers SIZE=large
	$(MAKE) bench-cleanups SIZE=large
	$(MAKE) bench-peers
	$(MAKE) bench-docs

lock: setup ## Lock the dependencies again, after a change of them; UPGRADE=1 takes the newest allowed ones
	$(VENV)/bin/$(LOCK) pyproject.toml --extra tracing --output-file requirements/runtime.txt
	$(VENV)/bin/$(LOCK) pyproject.toml --extra dev --extra tracing --output-file requirements/dev.txt
	$(VENV)/bin/$(LOCK) requirements/go.in --output-file requirements/go.txt
	$(VENV)/bin/$(LOCK) requirements/browser.in --output-file requirements/browser.txt
	$(VENV)/bin/$(LOCK) requirements/build.in --output-file requirements/build.txt
	$(VENV)/bin/$(LOCK) requirements/audit.in --output-file requirements/audit.txt
	$(VENV)/bin/$(LOCK) requirements/peers.in --output-file requirements/peers.txt

clean: ## Remove what the targets left in this folder; the built control plane stays in its cache
	rm -rf $(VENV) build .demo .demo-console .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* operator/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
