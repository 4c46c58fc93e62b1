# The tests; included by the top Makefile.
CLUSTER    = $(PYTHON) src/test/servers/cluster.py run $(BUILD)/check --
PGXS_DIR   = $(dir $(shell $(PG_CONFIG) --pgxs))../..
CORE_SRCS  = $(wildcard src/core/*/*.cpp)
UNIT_SRCS  = $(wildcard src/test/unit/*/*.cpp)
UNIT_OBJS  = $(patsubst src/%.cpp,$(BUILD)/unit/%.o,$(CORE_SRCS) $(UNIT_SRCS))
UNIT_LIBS := libcurl zlib libbrotlidec libbrotlienc libxml-2.0 libzstd libxxhash icu-uc icu-i18n
UNIT_FLAGS = -std=c++20 -O1 -g -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=undefined \
             -fno-omit-frame-pointer -Isrc -DWEBWRAP_VERSION='"test"' $(shell pkg-config --cflags $(UNIT_LIBS)) -MMD -MP

unit: $(BUILD)/unit/webwrap_unit ## unit tests of core, with address and undefined-behaviour sanitizers
	$(BUILD)/unit/webwrap_unit --gtest_brief=1

$(BUILD)/unit/webwrap_unit: $(UNIT_OBJS)
	$(CXX) -fsanitize=address,undefined $^ -o $@ -lgtest -lgtest_main $(shell pkg-config --libs $(UNIT_LIBS)) -lpthread

$(BUILD)/unit/%.o: src/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(UNIT_FLAGS) -c $< -o $@

-include $(UNIT_OBJS:.o=.d)

# Optimised like the benchmarks: hundreds of thousands of evaluations.
DIFFERENTIAL_PAGES ?= 300
differential: bench-pages bench-deps ## compiled XPath against libxml2 on real pages (EVOLUTION=folder)
	@+$(MAKE) --no-print-directory $(BUILD)/differential/select
	@$(BUILD)/differential/select $(EVOLUTION) $(DIFFERENTIAL_PAGES) 1

DIFFERENTIAL_CSS_PAGES ?= 30
differential-css: bench-pages bench-deps ## CSS selectors against Soup Sieve on real pages (EVOLUTION=folder)
	@+$(MAKE) --no-print-directory $(BUILD)/differential/css
	@$(BUILD)/differential/css $(EVOLUTION) $(DIFFERENTIAL_CSS_PAGES) 1 | $(PYTHON) src/test/differential/css.py

DIFFERENTIAL_MATCH_PAGES ?= 40
differential-match: bench-pages bench-deps ## tree edit distances against apted and zss, if PYTHON has them (EVOLUTION=folder)
	@+$(MAKE) --no-print-directory $(BUILD)/differential/match
	@$(BUILD)/differential/match $(EVOLUTION) $(DIFFERENTIAL_MATCH_PAGES) 1 | $(PYTHON) src/test/differential/match.py

SEPARATE_RESTORED ?= 10000
SEPARATE_LISTS    ?= 10000
differential-separate: bench-pages bench-deps ## damaged pages restored, and foldings of lists against exhaustive search (EVOLUTION=folder)
	@+$(MAKE) --no-print-directory $(BUILD)/differential/separate
	@$(BUILD)/differential/separate $(EVOLUTION) $(SEPARATE_RESTORED) $(SEPARATE_LISTS)

$(BUILD)/differential/%: $(BUILD)/bench/test/differential/%.o $(BUILD)/bench/core.a
	@mkdir -p $(@D)
	@$(CXX) $^ -o $@ $(shell pkg-config --libs $(BENCH_LIBS))

REGRESS_TESTS = $(basename $(notdir $(sort $(wildcard sql/*.sql))))
regress: ## pg_regress, one file a room
	@mkdir -p $(BUILD)/regress
	$(CLUSTER) $(PGXS_DIR)/src/test/regress/pg_regress --inputdir=. --outputdir=$(BUILD)/regress \
	    --bindir=$(shell $(PG_CONFIG) --bindir) --dbname=webwrap_regress --load-extension=webwrap $(REGRESS_TESTS) \
	    || { cat $(BUILD)/regress/regression.diffs; exit 1; }

ISOLATION_TESTS = $(basename $(notdir $(sort $(wildcard src/test/isolation/specs/*.spec))))
isolation: ## concurrent sessions, step by step
	@mkdir -p $(BUILD)/isolation
	$(CLUSTER) $(PGXS_DIR)/src/test/isolation/pg_isolation_regress --inputdir=src/test/isolation \
	    --outputdir=$(BUILD)/isolation --bindir=$(shell $(PG_CONFIG) --bindir) --dbname=webwrap_isolation \
	    --load-extension=webwrap $(ISOLATION_TESTS) \
	    || { cat $(BUILD)/isolation/regression.diffs; exit 1; }

e2e: ## tests with real servers and clients
	$(PYTHON) -m pytest -q -p no:cacheprovider src/test/e2e

# Real Superset, as src/test/superset/constraints.txt pins it. The time limit ends what hangs; fixtures still tidy up.
SUPERSET = $(BUILD)/superset
.PHONY: superset superset-feed superset-check superset-venv superset-deps
superset-venv: ## installs Superset into build/superset/venv
	@sh src/deps.sh python3-venv
	@PYTHON=$(PYTHON) sh src/test/superset/install.sh $(SUPERSET)/venv >/dev/null

superset-deps: superset-venv ## and what else the dashboard tests need: pg_cron, a browser, Java with a JDBC driver
	@sh src/deps.sh postgresql-$${PG_VERSION:-15}-cron chromium chromium-driver openjdk-17-jdk-headless libpostgresql-jdbc-java

superset: superset-venv ## starts Superset with the film dashboard, prints the address, stays until interrupted (SEED=n)
	@sh src/deps.sh postgresql-$${PG_VERSION:-15}-cron
	@$(MAKE) --no-print-directory install >$(SUPERSET)/install.log 2>&1 || { cat $(SUPERSET)/install.log; exit 1; }
	@$(SUPERSET)/venv/bin/python docs/examples/film-dashboard/dashboard.py --seed "$(SEED)"

superset-feed: superset-venv ## starts Superset with the words of a live feed that pg_cron polls (docs/examples/mqtt), until interrupted
	@sh src/deps.sh postgresql-$${PG_VERSION:-15}-cron
	@$(MAKE) --no-print-directory install >$(SUPERSET)/install.log 2>&1 || { cat $(SUPERSET)/install.log; exit 1; }
	@$(SUPERSET)/venv/bin/python docs/examples/mqtt/live.py

superset-check: superset-deps install ## the film dashboard and the feed's in real Superset, charts.py and other clients; pictures in build/superset/screenshots
	@$(MAKE) --no-print-directory jinja-differential
	timeout --signal=INT --kill-after=60 1200 $(SUPERSET)/venv/bin/python -m pytest -q -p no:cacheprovider src/test/superset

# PySpark with numpy, in a Python of its own.
SPARK = $(BUILD)/spark
.PHONY: spark spark-check spark-deps
spark-deps: $(SPARK)/venv/installed
	@sh src/deps.sh default-jre-headless libpostgresql-jdbc-java

$(SPARK)/venv/installed: docs/examples/mqtt/requirements.txt
	@sh src/deps.sh python3-venv
	rm -rf $(SPARK)/venv
	$(PYTHON) -m venv $(SPARK)/venv
	$(SPARK)/venv/bin/python -m pip install --quiet --disable-pip-version-check wheel
	$(SPARK)/venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

spark: spark-deps install ## MQTT analytics: 1,000,000 rows over HTTP, three questions, the models in PySpark (ROWS=n)
	$(SPARK)/venv/bin/python docs/examples/mqtt/analytics.py --rows $(or $(ROWS),1000000)

spark-check: spark-deps install ## the same with 50,000 rows
	@$(MAKE) --no-print-directory spark ROWS=50000

unit-jinja: ## what Jinja templates give, without a server
	$(PYTHON) -m pytest -q -p no:cacheprovider src/test/jinja

jinja-differential: superset-venv ## webwrap.render against the renderings of the installed Superset
	@PYTHONDONTWRITEBYTECODE=1 $(SUPERSET)/venv/bin/python src/test/jinja/corpus.py $(SUPERSET)/corpus.json
	@$(CLUSTER) $(PYTHON) src/test/jinja/differential.py $(SUPERSET)/corpus.json

HTML5LIB ?= ../shared/html5lib-tests
CONFORMANCE_OBJS = $(patsubst src/%.cpp,$(BUILD)/unit/%.o,$(wildcard $(patsubst %,src/core/%/*.cpp,base parse)) src/core/select/as_xml.cpp \
                   $(wildcard src/test/conformance/*.cpp))
conformance: ## the html5lib conformance cases of tokenizer, tree construction and encoding (HTML5LIB=folder)
	@+$(MAKE) --no-print-directory $(BUILD)/unit/conformance
	@$(BUILD)/unit/conformance $(HTML5LIB)

$(BUILD)/unit/conformance: $(CONFORMANCE_OBJS)
	$(CXX) -fsanitize=address,undefined $^ -o $@ $(shell pkg-config --libs $(UNIT_LIBS))

-include $(CONFORMANCE_OBJS:.o=.d)

# A file in src/test/fuzz is one libFuzzer target; kept inputs are in its corpus/. Clang, since GCC has no libFuzzer.
FUZZ_CXX     ?= clang++
FUZZ_SECONDS ?= 600
FUZZ_RUNS    ?= 20000
FUZZ_TARGETS := tokenizer html xpath css robots separate records
FUZZ          = $(BUILD)/fuzz
FUZZ_CORE     = $(patsubst src/%.cpp,$(FUZZ)/obj/%.o,$(wildcard $(patsubst %,src/core/%/*.cpp,base fetch parse select match wrap separate)))
FUZZ_OBJS     = $(FUZZ_CORE) $(FUZZ_TARGETS:%=$(FUZZ)/obj/test/fuzz/%.o)
FUZZ_FLAGS    = $(UNIT_FLAGS) -fsanitize=fuzzer-no-link -D_GLIBCXX_ASSERTIONS
FUZZ_RUN      = $(FUZZ)/$* -max_len=4096 -timeout=10 -rss_limit_mb=2048 -artifact_prefix=$(FUZZ)/$*- \
                -dict=src/test/fuzz/$(patsubst tokenizer,html,$*).dict
FUZZ_LONG    := $(FUZZ_TARGETS:%=fuzz-long-%)
FUZZ_SHORT   := $(FUZZ_TARGETS:%=fuzz-short-%)
FUZZ_KEEP    := $(FUZZ_TARGETS:%=fuzz-keep-%)
FUZZ_UNPACK  := $(FUZZ_TARGETS:%=fuzz-unpack-%)
.PHONY: fuzz fuzz-short fuzz-keep $(FUZZ_LONG) $(FUZZ_SHORT) $(FUZZ_KEEP) $(FUZZ_UNPACK)

fuzz: $(FUZZ_LONG) ## fuzzes each target for FUZZ_SECONDS; findings are build/fuzz/TARGET-crash-...

fuzz-short: $(FUZZ_SHORT) ## FUZZ_RUNS runs of each fuzz target from its kept inputs

fuzz-keep: $(FUZZ_KEEP) ## adds what `make fuzz` reached to the kept inputs, minimised

$(FUZZ_LONG): fuzz-long-%: $(FUZZ)/% fuzz-unpack-%
	@mkdir -p $(FUZZ)/found/$*
	$(FUZZ_RUN) -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 $(FUZZ)/found/$* $(FUZZ)/kept/$*

$(FUZZ_SHORT): fuzz-short-%: $(FUZZ)/% fuzz-unpack-%
	@$(FUZZ_RUN) -runs=$(FUZZ_RUNS) -seed=1 $(FUZZ)/kept/$* 2>$(FUZZ)/$*.log || { tail -n 60 $(FUZZ)/$*.log; exit 1; }
	@echo "fuzz $*: $$(tail -n 1 $(FUZZ)/$*.log)"

$(FUZZ_KEEP): fuzz-keep-%: $(FUZZ)/% fuzz-unpack-%
	@rm -rf $(FUZZ)/merged/$* && mkdir -p $(FUZZ)/merged/$* $(FUZZ)/found/$*
	$(FUZZ)/$* -set_cover_merge=1 -use_counters=0 -max_len=400 $(FUZZ)/merged/$* $(FUZZ)/kept/$* $(FUZZ)/found/$*
	@$(PYTHON) src/test/fuzz/corpus.py pack $(FUZZ)/merged/$* src/test/fuzz/corpus/$*.txt

$(FUZZ_UNPACK): fuzz-unpack-%:
	@rm -rf $(FUZZ)/kept/$*
	@$(PYTHON) src/test/fuzz/corpus.py unpack src/test/fuzz/corpus/$*.txt $(FUZZ)/kept/$*

$(FUZZ_TARGETS:%=$(FUZZ)/%): $(FUZZ)/%: $(FUZZ)/obj/test/fuzz/%.o $(FUZZ_CORE)
	$(FUZZ_CXX) -fsanitize=fuzzer,address,undefined $^ -o $@ $(shell pkg-config --libs $(UNIT_LIBS))

$(FUZZ)/obj/%.o: src/%.cpp
	@mkdir -p $(@D)
	$(FUZZ_CXX) $(FUZZ_FLAGS) -c $< -o $@

-include $(FUZZ_OBJS:.o=.d)
