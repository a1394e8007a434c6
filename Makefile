# Habeas: `make demo` shows it, `make test` proves it, `make check` keeps it tidy.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HERE := $(BIN)/python
SYSTEM_CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup demo cluster bench faults test check messages lock clean

help:
	@echo "make demo      run the whole product on this machine (PORT=8000, DEMO_DIR=var/demo)"
	@echo "make cluster   run it as in production: nginx, PostgreSQL, Redis, two web nodes, two workers (PORT, CLUSTER_DIR)"
	@echo "make setup     build $(VENV) with everything that tests and checks need"
	@echo "make bench     performance figures into docs/performance.md (STAGES=\"page signing memory growth front\")"
	@echo "make faults    every fault during 200 signings; WRITE=1 keeps the table in docs/faults.md"
	@echo "make test      every test, on SQLite and on a PostgreSQL that it starts itself"
	@echo "make check     format, lint, types, templates, migrations, deployment checks"
	@echo "make messages  collect the texts to translate and compile the translations"
	@echo "make lock      renew the locked requirements from pyproject.toml"

setup: $(VENV)/dev.stamp

$(VENV)/production.stamp: requirements/production.txt requirements/install
	@requirements/install "$(PYTHON)" $(VENV) requirements/production.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/install
	@requirements/install "$(PYTHON)" $(VENV) requirements/dev.txt
	@touch $@ $(VENV)/production.stamp

demo: $(VENV)/production.stamp
	@exec $(HERE) manage.py demo

cluster: $(VENV)/production.stamp
	@exec $(HERE) -m deploy.cluster

bench: setup
	@exec $(HERE) -m bench $(STAGES)

faults: setup
	@HABEAS_FAULTS=1 $(HERE) -m pytest tests/faults -m faults -q

test: setup
	@$(HERE) tests/run_all.py

check: setup
	@$(HERE) tests/check_all.py

messages: setup
	@$(HERE) -m config.messages

lock:
	@env -u UV_FIND_LINKS -u PIP_FIND_LINKS $(LOCK) -o requirements/runtime.txt
	@env -u UV_FIND_LINKS -u PIP_FIND_LINKS $(LOCK) --group production -c requirements/runtime.txt -o requirements/production.txt
	@env -u UV_FIND_LINKS -u PIP_FIND_LINKS $(LOCK) --group production --group dev -c requirements/production.txt -o requirements/dev.txt

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache
