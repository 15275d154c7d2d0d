# make demo：安装并启动演示；make test：安装并运行全部检查和测试。只需要 Python 3.11 以上。
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types form needs bench manual
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

BIN := .venv/bin
JOBS ?= 2
# Tests start many processes; each would read every module anew.
export PYTHONDONTWRITEBYTECODE :=
RUNTIME := .venv/.runtime
DEV := .venv/.dev

help:
	@echo 'make demo    安装并启动演示（数据保留在 var/ 里）'
	@echo 'make setup   只安装运行所需的内容到 .venv'
	@echo 'make test    安装并运行全部检查和测试'
	@echo 'make lint    只运行代码检查'
	@echo 'make bench   性能测量'
	@echo 'make manual  重拍使用说明里的图'

.venv/bin/python:
	@for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$candidate"; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo '没有找到 Python 3.11 或更高版本。' >&2; \
	  echo '  Debian/Ubuntu：sudo apt-get install python3 python3-venv' >&2; \
	  echo '  macOS：brew install python@3.12' >&2; \
	  echo '  已装在别处时：make setup PYTHON=/路径/python3.11' >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "$$found 缺少 venv。Debian/Ubuntu 请运行：sudo apt-get install python3-venv" >&2; exit 1; \
	fi; \
	"$$found" -m venv .venv

$(RUNTIME): requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo '正在安装运行所需的内容（第一次约一分钟）……'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUNTIME)
	@echo '正在安装测试所需的内容……'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(RUNTIME)

demo: setup
	@$(BIN)/huying demo

lint: $(DEV)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync types form

types: $(DEV)
	$(BIN)/mypy

form: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .
	HUYING_HOME="$$(mktemp -d)" $(BIN)/huying makemigrations --check --dry-run

# Says what the machine lacks.  With CI=true a lack is a failure; otherwise the part that needs it is left out, aloud.
needs: $(DEV)
	@$(BIN)/python -m tests.needs

# PostgreSQL again runs every room, every address with every role, and the whole loop in a browser; the details of pages and
# the other stories are the same code above the database, and the demo is always on SQLite (all of it: pytest --engine=postgres).
test: lint needs
	$(BIN)/pytest -n $(JOBS) --dist worksteal --engine=sqlite
	@if $(BIN)/python -m tests.needs postgres >/dev/null 2>&1; then \
	  echo '$(BIN)/pytest -n $(JOBS) --dist worksteal --engine=postgres -m "loop or not (journey or page or demo)"'; \
	  $(BIN)/pytest -n $(JOBS) --dist worksteal --engine=postgres -m "loop or not (journey or page or demo)"; \
	fi

bench: $(DEV)
	$(BIN)/python -m bench

# The manual's pictures, taken while people live their days in the demo county.
manual: $(DEV)
	HUYING_SHOTS=1 $(BIN)/pytest -q tests/journeys/test_days_unit.py tests/journeys/test_days_above.py
