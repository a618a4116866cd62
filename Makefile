PYTHON ?= python3
PORT ?= 8000
SIMULATOR_PORT ?= 8090
# 8010, or a free one where that is taken.
PORTAL_PORT ?=
# Tests wait for servers and browsers half of their time; three processes keep two cores busy. Files run in their order,
# not the largest first: those of a single long test would all come last.
TEST_PROCESSES ?= 3
VENV := .venv
BIN := $(VENV)/bin
# Tools and tests only need some key; the demo and a real installation have their own.
TOOL_ENV := SECRET_KEY=for-tools-and-tests-only

.PHONY: setup install demo test soak bench lint audit format clean

setup: $(VENV)/.installed

# Production: what the product needs to run, and nothing to test it with.
install: $(VENV)/.runtime

define install_into_venv
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=python3.11 (or newer)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '$(1)'
	@touch $@
endef

$(VENV)/.installed: pyproject.toml
	$(call install_into_venv,.[dev])

$(VENV)/.runtime: pyproject.toml
	$(call install_into_venv,.)

demo: setup
	@exec $(BIN)/python -m dashboard.demo --port $(PORT) --simulator-port $(SIMULATOR_PORT) \
		$(if $(PORTAL_PORT),--portal-port $(PORTAL_PORT))

test: setup
	$(TOOL_ENV) $(BIN)/python -m tests.services
	$(TOOL_ENV) $(BIN)/python -m pytest -m "not soak" -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

soak: setup
	$(TOOL_ENV) $(BIN)/python -m tests.services
	$(TOOL_ENV) $(BIN)/python -m pytest -m soak -s

bench: setup
	$(TOOL_ENV) $(BIN)/python -m benchmarks

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(TOOL_ENV) $(BIN)/mypy
	$(BIN)/djlint --check --lint templates --quiet
	$(TOOL_ENV) $(BIN)/python manage.py makemigrations --check --dry-run
	$(TOOL_ENV) $(BIN)/python manage.py check --fail-level WARNING

# Known vulnerabilities of what is installed. Where the network does not let one ask, it says so and passes.
audit: setup
	$(BIN)/python -m tests.audit $(AUDIT)

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint --reformat templates --quiet

clean:
	rm -rf $(VENV) var *.egg-info
