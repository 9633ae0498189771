# Every command of the project in one place; the work is done by `python -m tools`.

# The first of these that is new enough; with none, the set-up says in words what is missing.
new_enough = $(shell $(1) -c 'import sys; print("$(1)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)
PYTHON ?= $(or $(call new_enough,python3),$(call new_enough,python3.11),python3)
VENV_PYTHON := .venv/bin/python
export PYTHONDONTWRITEBYTECODE := 1
# The options that were given as variables: `port` is --port "$(PORT)", when there is a PORT.
upper = $(shell echo $(1) | tr a-z A-Z)
given = $(foreach name,$(1),$(if $($(call upper,$(name))),--$(name) "$($(call upper,$(name)))"))
.DEFAULT_GOAL := help
.PHONY: help run test unit host e2e lint build bench flash deploy image sim page sandbox setup lock clean setup-run

help: ## list all targets
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: setup-run ## show a scale linking itself on the desk
	@$(VENV_PYTHON) -m tools run

test: setup ## run everything that needs no board: lint, unit, host and end-to-end tests
	@$(VENV_PYTHON) -m tools.test

unit: setup-run ## run the unit tests on MicroPython; ONLY=word picks suites
	@$(VENV_PYTHON) -m tools unit $(ONLY)

host: setup ## run the host tests
	@$(VENV_PYTHON) -m tools.test host

e2e: setup ## run the end-to-end tests on simulated boards
	@$(VENV_PYTHON) -m tools.test e2e

lint: setup ## check style, import rules, compilation and calls against the real chip's stubs
	@$(VENV_PYTHON) -m tools.lint

build: setup-run ## build the device's files into .build/device and print what they weigh
	@$(VENV_PYTHON) -m tools build

flash: setup-run ## put MicroPython on a board: PORT=/dev/ttyUSB0 FIRMWARE=image.bin; ERASE=1 erases identity and state
	@$(VENV_PYTHON) -m tools flash $(call given,port firmware) $(if $(ERASE),--erase) $(ARGS)

deploy: setup-run ## bring the program on a board up to date: PORT=/dev/ttyUSB0
	@$(VENV_PYTHON) -m tools deploy $(call given,port) $(ARGS)

image: setup-run ## make a scale's flash image: FIRMWARE=image.bin IDENTITY=identity.json OUTPUT=scale.bin, or UPDATE=read-back.bin
	@$(VENV_PYTHON) -m tools image $(call given,firmware identity wifi update output) $(ARGS)

bench: ## measure the product and write docs/bench; QUICK=1 takes a minute, PARTS="crowd fleet" picks parts
	@$(PYTHON) tools/bootstrap.py bench
	@$(VENV_PYTHON) -m tools.bench $(if $(QUICK),--quick) $(PARTS)
