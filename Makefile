# Every command of the project in one place; the work is done by `python -m tools`.

# The first of these that is new enough; with none, the set-up says in words what is missing.
new_enough = $(shell $(1) -c 'import sys; print("$(1)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)
PYTHON ?= $(or $(call new_enough,python3),$(call new_enough,python3.11),python3)
VENV_PYTHON := .venv/bin/python
export PYTHONDONTWRITEBYTECODE := 1
# The options that were given as variables: `port` is --port '$(PORT)', when there is a PORT.
quoted = '$(subst ','\'',$(1))'
upper = $(shell echo $(1) | tr a-z A-Z)
given = $(foreach name,$(1),$(if $($(call upper,$(name))),--$(name) $(call quoted,$($(call upper,$(name))))))
.DEFAULT_GOAL := help
.PHONY: help run test unit host power e2e slow device lint build flash deploy image status logs repl provision batch labels ledger bench sim page sandbox soak outage setup lock clean setup-run setup-factory

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

power: setup ## run whole lives on virtual time: power cut at every flash operation, random worlds
	@$(VENV_PYTHON) -m tools.test power

e2e: setup ## run the end-to-end tests on simulated boards
	@$(VENV_PYTHON) -m tools.test e2e

slow: setup ## run what takes too long for `make test`: a batch of 200 scales, the whole fire on the page
	@$(VENV_PYTHON) -m tools.test slow

device: setup ## test a board, its identity and state stay: PORT=/dev/ttyUSB0; without a port everything is skipped
	@$(VENV_PYTHON) -m tools device $(call given,port ca) $(ARGS)

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

status: setup-run ## show how the scale on a board is: PORT=/dev/ttyUSB0
	@$(VENV_PYTHON) -m tools status $(call given,port) $(ARGS)

logs: setup-run ## show the last crash and the last lines of a board's log, and follow it: PORT=/dev/ttyUSB0
	@$(VENV_PYTHON) -m tools logs $(call given,port) $(ARGS)

repl: setup-run ## open a board's REPL: PORT=/dev/ttyUSB0
	@$(VENV_PYTHON) -m tools repl $(call given,port)

provision: setup-factory ## give a board its identity and make its label; PORT=/dev/ttyUSB0 ARGS="--activate"
	@$(VENV_PYTHON) -m tools provision $(call given,port) $(ARGS)

batch: setup-factory ## make many scales from a CSV file; CSV=scales.csv ARGS="--firmware ESP32_GENERIC.bin"
	@$(VENV_PYTHON) -m tools batch $(if $(CSV),$(call quoted,$(CSV))) $(ARGS)

labels: setup-factory ## make the sheets of labels anew; FOLDER=scales ARGS="--skip 5"
	@$(VENV_PYTHON) -m tools labels $(if $(FOLDER),$(call quoted,$(FOLDER))) $(ARGS)

ledger: setup-run ## list the serials that have been given out
	@$(VENV_PYTHON) -m tools ledger $(ARGS)

bench: ## measure the product and write docs/bench; QUICK=1 takes a minute, PARTS="crowd fleet" picks parts
	@$(PYTHON) tools/bootstrap.py bench
	@$(VENV_PYTHON) -m tools.bench $(if $(QUICK),--quick) $(PARTS)

sim: setup-run ## start simulated boards for mpremote; ARGS="--boards 2 --fresh"
	@$(VENV_PYTHON) -m tools sim $(ARGS)

page: setup-run ## open the set-up page of a simulated scale to your browser
	@$(VENV_PYTHON) -m tools page

sandbox: setup-run ## start the local platform; ARGS="--port 8443"
	@$(VENV_PYTHON) -m tools sandbox $(ARGS)

soak: setup-run ## let scales live through days of trouble; SEEDS=n DAYS=n, or SEED=n for one with its story
	@$(VENV_PYTHON) -m tools soak $(if $(SEEDS),--seeds $(SEEDS)) $(if $(DAYS),--days $(DAYS)) $(if $(SEED),--seed $(SEED))

outage: setup-run ## print how long a scale takes to recover from a day without each part of the world
	@$(VENV_PYTHON) -m tools outage

setup: ## install all that tests and lint need into .venv
	@$(PYTHON) tools/bootstrap.py dev

setup-run:
	@$(PYTHON) tools/bootstrap.py run

setup-factory:
	@$(PYTHON) tools/bootstrap.py factory

lock: setup ## pin the packages of requirements*.in anew
	@$(VENV_PYTHON) -m pip install -q uv
	@$(VENV_PYTHON) -m uv pip compile -q --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" requirements.in -o requirements.txt
	@$(VENV_PYTHON) -m uv pip compile -q --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" requirements-factory.in -o requirements-factory.txt
	@$(VENV_PYTHON) -m uv pip compile -q --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt
	@$(VENV_PYTHON) -m uv pip compile -q --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" requirements-bench.in -o requirements-bench.txt

clean: ## remove what was built; the virtual environment stays
	@rm -rf .build .pytest_cache .ruff_cache .hypothesis
