# make demo | docs | test | coverage | bench | lint | format | clean; each makes .venv first if need be.
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
PYTEST_ARGS ?= -n 2 --dist loadfile

.PHONY: demo docs coverage test bench lint format clean

demo: $(INSTALLED)
	$(VENV)/bin/swinglever demo --force --out out/demo

# Offline; the tutorials are executed. A warning stops it.
docs: $(INSTALLED)
	$(VENV)/bin/sphinx-build -W --keep-going -q -b html -d out/docs/doctrees docs out/docs/html
	@echo "written: $(CURDIR)/out/docs/html/index.html"

test: lint
	$(PY) -m pytest $(PYTEST_ARGS)

# Every test with what it runs of the package; takes longer than `make test`.
coverage: $(INSTALLED)
	$(PY) -m pytest -n 2 --dist loadfile --cov --cov-report term:skip-covered

bench: $(INSTALLED)
	$(PY) scripts/develop/bench.py

lint: $(INSTALLED)
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	PYTHONPATH=plugin $(VENV)/bin/lint-imports
	if [ -e addons/swinglever_blender ]; then PYTHONPATH=addons $(VENV)/bin/lint-imports --config addons/importlinter.ini; fi

format: $(INSTALLED)
	$(VENV)/bin/ruff format
	$(VENV)/bin/ruff check --fix

# pip does the installing, so that its settings on this machine count; 25.1 is the first that knows dependency groups.
$(INSTALLED): pyproject.toml constraints.txt $(PY)
	$(PY) -m pip install -q --upgrade "pip>=25.1"
	$(PY) -m pip install -q -c constraints.txt -e ".[all]" --group dev --group docs
	$(PY) -m compileall -q plugin # as pip does for what it copies: with PYTHONDONTWRITEBYTECODE set, each start would compile it all
	touch $@

$(PY):
	sh scripts/develop/make_venv.sh $(VENV)

clean:
	rm -rf $(VENV) .uv out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
