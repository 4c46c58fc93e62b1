# The part of the build that PGXS drives; run from the top folder by the Makefile there.
EXTENSION  = control/webwrap control/webwrap_jinja
MODULE_big = webwrap
WEBWRAP_VERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" control/webwrap.control)
DATA       = $(wildcard control/upgrade/webwrap--*--*.sql)
DATA_built = control/webwrap--$(WEBWRAP_VERSION).sql control/webwrap_jinja--$(WEBWRAP_VERSION).sql

SRCS = $(wildcard src/core/*/*.cpp src/pg/*.cpp src/pg/*/*.cpp)
OBJS = $(SRCS:.cpp=.o)
EXTRA_CLEAN = $(SRCS:.cpp=.d)

PG_CONFIG ?= pg_config
PYTHON    ?= /usr/bin/python3
PKG_LIBS  := libcurl zlib libbrotlidec libxml-2.0 libzstd libxxhash icu-uc icu-i18n
# Server headers are not ours to warn about. Version 5 (designated initialisers of the server's headers) is fine in C++20.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server) $(shell pkg-config --cflags $(PKG_LIBS)) \
              -DWEBWRAP_VERSION='"$(WEBWRAP_VERSION)"'
PG_CXXFLAGS = -std=c++20 -Wall -Wextra -Wno-register -MMD -MP $(WEBWRAP_CXXFLAGS)
SHLIB_LINK  = -Wl,--version-script=src/pg/exports.map $(shell pkg-config --libs $(PKG_LIBS)) -lstdc++

# Inlining C++ into JIT code gains nothing, and clang does not get our flags.
override with_llvm = no

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

webwrap.so: src/pg/exports.map

control/webwrap--$(WEBWRAP_VERSION).sql: $(sort $(wildcard control/install/*.sql))
	cat $^ > $@

control/webwrap_jinja--$(WEBWRAP_VERSION).sql: $(sort $(wildcard control/jinja/*.sql)) src/jinja/bundle.py $(wildcard src/jinja/webwrap_jinja/*.py)
	$(PYTHON) src/jinja/bundle.py $(filter %.sql,$^) > $@

-include $(SRCS:.cpp=.d)
