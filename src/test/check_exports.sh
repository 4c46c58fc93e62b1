#!/bin/sh
# Fails when the library exports a symbol that is not its own.
set -eu
foreign=$(nm -D --defined-only "$1" | awk '{print $3}' | grep -vE '^(Pg_magic_func|_PG_init|pg_finfo_.*|webwrap_.*)$' || :)
if [ -n "$foreign" ]; then
    echo "exported, but not ours:"
    echo "$foreign"
    exit 1
fi
echo "exports: $(nm -D --defined-only "$1" | wc -l) symbols, all ours"
