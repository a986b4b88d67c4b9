# python3 3.11 or newer and make are all that must be there.
PYTHON ?= python3
VENV := .venv/bin/python

.PHONY: help run test check bench chaos fuzz
help:
	@echo "make run    a live community at http://127.0.0.1:8000 (PORT, HOST); Ctrl-C stops it"
	@echo "make test   the whole suite, on a real PostgreSQL, a real Valkey and a real browser"
	@echo "make chaos  20 minutes of kills, stops, cuts and restores, and whether any promise was broken"
	@echo "make fuzz   looks for texts, requests and frames that break something, for SECONDS (an hour without)"
	@echo "make check  format, lint, types, security lint, dependency audit, architecture"
	@echo "make bench  Hubbub's live path beside seven others, on this machine (ARGS=--quick: only whether it runs)"

# Tied to make, so that nothing stays behind whichever of the two is killed (0: the parent, 15: SIGTERM).
run:
	@$(PYTHON) deploy/venv.py
	@exec $(VENV) -I -S app/bundled/tether.py 0 15 -1 -1 $(VENV) -m app.cli dev

test:
	@$(PYTHON) deploy/venv.py --dev
	@CHROMIUM="$$($(VENV) deploy/chromium.py)" && export CHROMIUM \
		&& LIBFAKETIME="$$($(VENV) deploy/faketime.py)" && export LIBFAKETIME && exec $(VENV) -m pytest

# SECONDS, SEED, READERS: the same seed is the same plan.
chaos:
	@$(PYTHON) deploy/venv.py --dev
	@LIBFAKETIME="$$($(VENV) deploy/faketime.py)" && export LIBFAKETIME && exec $(VENV) -m tests.chaos \
		--seconds $(or $(SECONDS),1200) --seed $(or $(SEED),7) --readers $(or $(READERS),300) $(if $(OUT),--out $(OUT))

# A minute of it is part of make test. --hypothesis-seed=N in ARGS looks at the same again.
fuzz:
	@$(PYTHON) deploy/venv.py --dev
	@exec $(VENV) -m pytest tests/fuzz --fuzz-seconds=$(or $(SECONDS),3600) $(ARGS)

check:
	@$(PYTHON) deploy/venv.py --dev
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	$(VENV) -m bandit --quiet --configfile pyproject.toml -ll -ii --recursive app deploy piccolo_migrations
	$(VENV) deploy/audit.py
	$(VENV) -m pytest --quiet tests/test_architecture.py

bench:
	@$(PYTHON) deploy/venv.py --dev
	@$(VENV) bench/install.py
	@exec $(VENV) -m bench $(ARGS)
