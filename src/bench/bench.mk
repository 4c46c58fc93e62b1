# The benchmarks; included by the top Makefile. docs/benchmarks.md says what they measure and how to read them.
EVOLUTION    ?= ../shared/evolution
BENCH_ROUNDS ?= 5
BENCH_PAGES  ?= 200
BENCH_PAIRS  ?= 100
BENCH_SITES  ?= 10
KINDS        ?= $(BUILD)/kinds/out

BENCH_PROGRAMS = parse select match separate
BENCH_CLUSTER  = $(PYTHON) src/test/servers/cluster.py run $(BUILD)/bench/cluster
BENCH_SRCS     = $(wildcard $(patsubst %,src/core/%/*.cpp,base parse select match separate)) src/bench/harness.cpp
BENCH_OBJS     = $(patsubst src/%.cpp,$(BUILD)/bench/%.o,$(BENCH_SRCS))
FIT_OBJS       = $(patsubst src/%.cpp,$(BUILD)/bench/%.o,$(wildcard src/core/wrap/*.cpp))
BENCH_LIBS    := libxml-2.0 libxxhash libzstd icu-uc icu-i18n gumbo
BENCH_FLAGS    = -std=c++20 -O2 -g -Wall -Wextra -Isrc $(shell pkg-config --cflags $(BENCH_LIBS)) \
                 -DGUMBO_VERSION='"$(shell pkg-config --modversion gumbo)"' -MMD -MP

.PHONY: bench bench-deps bench-pages bench-parse bench-select bench-match bench-extract bench-fetch bench-adapt \
        bench-separate bench-separate-records \
        bench-learn bench-records bench-further bench-store bench-clusters kinds fit

bench: ## runs all benchmarks, one after the other
	@for name in parse select match separate separate-records extract fetch records adapt store clusters; do $(MAKE) --no-print-directory bench-$$name || exit 1; done

bench-deps: deps ## installs the peers of the benchmarks
	@sh src/bench/deps.sh

bench-pages:
	@test -f $(EVOLUTION)/cases.jsonl -a -d $(EVOLUTION)/pages || { \
	    echo "no pages to measure with in $(EVOLUTION); set EVOLUTION=folder, see docs/benchmarks.md" >&2; exit 1; }

bench-parse: bench-pages bench-deps ## parsing in MB/s, against libxml2, gumbo and MyHTML
	@+$(MAKE) --no-print-directory $(BUILD)/bench/parse
	@$(BUILD)/bench/parse $(EVOLUTION) $(BENCH_PAGES) $(BENCH_ROUNDS)

bench-select: bench-pages bench-deps ## XPaths over parsed pages, against libxml2
	@+$(MAKE) --no-print-directory $(BUILD)/bench/select
	@$(BUILD)/bench/select $(EVOLUTION) $(BENCH_PAGES) $(BENCH_ROUNDS)

bench-match: bench-pages bench-deps ## tree matching and subtree search, against a textbook recursion
	@+$(MAKE) --no-print-directory $(BUILD)/bench/match
	@$(BUILD)/bench/match $(EVOLUTION) $(BENCH_PAIRS) $(BENCH_ROUNDS)

# The paper's methods against ours on pages of sites, documentation trees and generated result pages. The last number of
# BENCH_TLBO is what the paper's methods take the index of: the page, or the subtree at hand.
BENCH_TLBO    ?= 100 400 page
# The shell's pattern: make would look before the packages are there.
SEPARATE_DOCS ?= /usr/share/doc/postgresql-doc-15/html /usr/share/doc/python3.*-doc/html
bench-separate: bench-pages ## template and data: the paper's methods and ours (EVOLUTION=folder, SEPARATE_DOCS=folders)
	@sh src/bench/deps.sh postgresql-doc-15 python3-doc python3-jinja2
	@+$(MAKE) --no-print-directory $(BUILD)/bench/separate
	@$(PYTHON) src/bench/separate.py generate $(BUILD)/bench/results
	@for folder in $(EVOLUTION)/pages $(SEPARATE_DOCS) $(BUILD)/bench/results; do \
	    $(BUILD)/bench/separate $$folder $(BENCH_PAGES) $(BENCH_TLBO) || exit 1; done

bench-separate-records: bench-pages ## restoring and rendering every page, and lists as columns of records (installed webwrap)
	@sh src/bench/deps.sh python3-jinja2 python3-lxml
	@$(BENCH_CLUSTER) -- $(PYTHON) src/bench/separate.py check $(EVOLUTION)

bench-extract: bench-pages bench-deps ## extraction in SQL, against PL/Python with lxml and XMLTABLE (installed webwrap)
	@$(BENCH_CLUSTER) -- $(PYTHON) src/bench/extract.py $(EVOLUTION) --pages $(BENCH_PAGES) --rounds $(BENCH_ROUNDS)

bench-fetch: bench-deps ## pages far and near, against curl --parallel and a loop of blocking requests (installed webwrap)
	@$(BENCH_CLUSTER) --set webwrap.allowed_networks=127.0.0.0/8 -- $(PYTHON) src/bench/fetch.py --rounds $(BENCH_ROUNDS)

BENCH_RECORDS ?= 1000000
bench-records: bench-deps ## rows of CSV and ndjson over HTTP, against COPY and file_fdw of the same file (installed webwrap)
	@$(BENCH_CLUSTER) --set webwrap.allowed_networks=127.0.0.0/8 -- $(PYTHON) src/bench/records.py --rows $(BENCH_RECORDS) --rounds $(BENCH_ROUNDS)

bench-adapt: bench-pages bench-deps ## adaptation F1, against tree matching alone and attribute relocation (installed webwrap)
	@$(BENCH_CLUSTER) -- $(PYTHON) src/bench/adapt.py $(EVOLUTION) --every $(BENCH_SITES) $(if $(wildcard $(KINDS)/cases.jsonl),--kinds $(KINDS)) $(BENCH_ADAPT)

bench-further: bench-pages bench-deps ## adapted XPaths on a further page of the new design (installed webwrap)
	@$(BENCH_CLUSTER) -- $(PYTHON) src/bench/further.py $(EVOLUTION) $(BENCH_FURTHER)
	@test ! -f $(KINDS)/cases.jsonl || $(BENCH_CLUSTER) -- $(PYTHON) src/bench/further.py $(EVOLUTION) --cases $(KINDS) $(BENCH_FURTHER)

kinds: ## builds cases of kinds of sites that nothing was fitted on, from packages, in build/kinds; bench-adapt then takes them too
	@sh src/bench/kinds/deps.sh $(BUILD)/kinds
	@$(BUILD)/kinds/venv/bin/python src/bench/kinds/build.py $(BUILD)/kinds $(KINDS)

bench-store: bench-pages bench-deps ## bytes and speed of the page store, against TOAST and the zstd program (installed webwrap)
	@$(BENCH_CLUSTER) -- $(PYTHON) src/bench/store.py $(EVOLUTION) --rounds $(BENCH_ROUNDS) $(BENCH_STORE)

bench-clusters: bench-deps ## 100,000 generated pages grouped by template, against PL/Python with lxml (installed webwrap)
	@$(BENCH_CLUSTER) -- $(PYTHON) src/bench/clusters.py $(BENCH_CLUSTERS)

bench-learn: bench-pages bench-deps ## how often a wrapper learned from one or two values selects the rest (installed webwrap)
	@$(BENCH_CLUSTER) -- $(PYTHON) src/bench/learn.py $(EVOLUTION)

# Both models: ranking and confidence fitted, and confidence alone for equal weights. FIT="--without 0" leaves half of the sites out.
fit: bench-pages bench-deps ## fits the weights of adaptation to the pages of EVOLUTION, and writes core/wrap/fitted_model.cpp
	@$(PYTHON) -c 'import numpy, scipy' 2>/dev/null || sh src/deps.sh python3-numpy python3-scipy
	@+$(MAKE) --no-print-directory $(BUILD)/fit/candidates
	@$(PYTHON) src/bench/fit/fit.py $(BUILD)/fit/candidates $(EVOLUTION) $(BUILD)/fit/fitted.json $(FIT)
	@$(PYTHON) src/bench/fit/fit.py $(BUILD)/fit/candidates $(EVOLUTION) $(BUILD)/fit/equal.json --equal $(FIT)
	@$(PYTHON) src/bench/fit/write_model.py $(BUILD)/fit/fitted.json $(BUILD)/fit/equal.json src/core/wrap/fitted_model.cpp

$(BUILD)/fit/candidates: $(BUILD)/bench/bench/fit/candidates.o $(BUILD)/bench/wrap.a $(BUILD)/bench/core.a
	@mkdir -p $(@D)
	@$(CXX) $^ -o $@ $(shell pkg-config --libs $(BENCH_LIBS))

# The peers' headers come with bench-deps, so what needs them is built by a make that starts after it.
$(BENCH_PROGRAMS:%=$(BUILD)/bench/%): $(BUILD)/bench/%: $(BUILD)/bench/bench/%.o $(BUILD)/bench/core.a
	@$(CXX) $^ -o $@ $(shell pkg-config --libs $(BENCH_LIBS)) -lmodest

# Archives, so that a program takes only what it uses.
$(BUILD)/bench/wrap.a: $(FIT_OBJS)
$(BUILD)/bench/core.a: $(BENCH_OBJS)
$(BUILD)/bench/wrap.a $(BUILD)/bench/core.a:
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/bench/%.o: src/%.cpp
	@mkdir -p $(@D)
	@$(CXX) $(BENCH_FLAGS) -c $< -o $@

-include $(BENCH_OBJS:.o=.d) $(FIT_OBJS:.o=.d) $(BUILD)/bench/bench/fit/candidates.d $(BENCH_PROGRAMS:%=$(BUILD)/bench/bench/%.d)
