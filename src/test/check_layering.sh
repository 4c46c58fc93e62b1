#!/bin/sh
# Data flows one way: core rooms include only core rooms above them; only src/pg includes the server's headers, and its
# folders only those above them, too.
set -eu
rooms='base fetch parse select match wrap separate crawl'
# store stands beside fetch: it needs only base.
failed=0
report() {
    echo "$1"
    failed=1
}
if grep -nE '#include [<"](postgres\.h|pg/|fmgr\.h|utils/|executor/|catalog/)' -r src/core src/test/unit; then
    report 'core includes the server'
fi
above=
for room in $rooms; do
    above="$above $room"
    [ -d "src/core/$room" ] || continue
    for used in $(grep -hoE '#include "core/[a-z]+/' -r "src/core/$room" | sed 's|.*core/||; s|/||' | sort -u); do
        case " $above " in
        *" $used "*) ;;
        *) report "core/$room includes core/$used, which is not above it" ;;
        esac
    done
done
for used in $(grep -hoE '#include "core/[a-z]+/' -r src/core/store | sed 's|.*core/||; s|/||' | sort -u); do
    [ "$used" = base ] || [ "$used" = store ] || report "core/store includes core/$used"
done
above='bridge'
for folder in shared worker network fdw functions; do
    for used in $(grep -hoE '#include "pg/[a-z]+/' -r "src/pg/$folder" | sed 's|.*pg/||; s|/||' | sort -u); do
        case " $above $folder " in
        *" $used "*) ;;
        *) report "pg/$folder includes pg/$used, which is not above it" ;;
        esac
    done
    above="$above $folder"
done
if grep -nE '#include "pg/' -r src/pg/bridge | grep -v 'pg/bridge/'; then
    report 'the bridge includes what it carries'
fi
if grep -nE 'PG_VERSION_NUM' -r src --include='*.cpp' --include='*.hpp' | grep -v 'src/pg/bridge/compat\.'; then
    report 'a version is tested outside compat.hpp and compat.cpp'
fi
[ "$failed" = 0 ] && echo 'layering: data flows one way'
exit "$failed"
