# webwrap: web pages as tables that repair themselves. `make help` lists the targets.
ifdef RUN_PGXS
include src/extension.mk
else

PG_CONFIG ?= pg_config
PYTHON    ?= /usr/bin/python3
BUILD     := build
# PGXS defines targets of our names, so it runs in a make of its own.
EXTENSION_MAKE = $(MAKE) PG_CONFIG=$(PG_CONFIG) RUN_PGXS=1
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# Arguments of `make demo`; SEED is one of `make redesigns` and `make example-adaptation` too.
LAYOUT_AFTER ?= docs/examples/film/layouts/cards
SEED         ?= 1

.DEFAULT_GOAL := all
.PHONY: all help deps check-deps install uninstall clean demo redesigns example-adaptation check unit differential differential-css differential-match differential-separate conformance regress \
        isolation e2e check-layering check-exports \
        check-docs check-format docs unit-jinja jinja-differential

help: ## lists the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  %-16s %s\n", $$1, $$2}'

all: ## builds the extension
	+$(EXTENSION_MAKE) all

deps: ## installs the packages that are missing
	@sh src/deps.sh

check-deps: deps ## installs what only the tests need: a browser to compare with, a pooler, encoders, the runtime of clang's fuzzer
	@sh src/deps.sh chromium chromium-driver python3-selenium libclang-rt-14-dev pgbouncer brotli zstd iproute2

install: all ## installs the extension into the server of PG_CONFIG
	+$(SUDO) $(EXTENSION_MAKE) install

uninstall: ## removes it again
	+$(SUDO) $(EXTENSION_MAKE) uninstall

clean: ## removes everything that was built
	+$(EXTENSION_MAKE) clean
	rm -rf $(BUILD)

demo: deps ## runs the film site demo: fetch, query, redesign, repair (LAYOUT_AFTER=folder SEED=n)
	@$(MAKE) -j2 --no-print-directory install >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log
	$(PYTHON) docs/examples/film/demo.py --layout-after "$(LAYOUT_AFTER)" --seed "$(SEED)"

redesigns: deps ## meets twelve redesigns of the film site with one foreign table (installed webwrap; SEED=n)
	@$(PYTHON) docs/examples/film/redesigns.py --seed "$(SEED)"

example-adaptation: deps ## prints the table of docs/examples/wrapper-adaptation (installed webwrap; SEED=n)
	@$(PYTHON) src/test/servers/cluster.py run $(BUILD)/example-adaptation -- \
	    $(PYTHON) docs/examples/wrapper-adaptation/table.py --seed "$(SEED)"

check: check-deps ## builds, installs and runs every test
	$(MAKE) -j2 install
	$(MAKE) check-layering check-exports check-docs
	$(MAKE) -j2 unit
	$(MAKE) unit-jinja
	$(MAKE) -j2 fuzz-short
	$(MAKE) regress isolation e2e

include src/test/test.mk
include src/bench/bench.mk

check-layering: ## core includes no server header, and rooms only what is above them
	@sh src/test/check_layering.sh

check-exports: all ## the library exports only its own names
	@sh src/test/check_exports.sh webwrap.so

check-docs: ## the reference in docs/ is what the install scripts say
	@$(PYTHON) src/test/make_reference.py --check

docs: ## writes docs/reference.md from the install scripts
	@$(PYTHON) src/test/make_reference.py

check-format: ## the code is formatted as .clang-format says
	clang-format --dry-run --Werror $$(git ls-files 'src/*.cpp' 'src/*.hpp')

endif
