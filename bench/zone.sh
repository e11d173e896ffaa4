#!/usr/bin/env bash
# Zone text to records and to a zone, and the lookup of a random name; see zone_bench.cpp.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset release -DROLLCALL_BENCH=ON >&2
cmake --build --preset release --target zone_bench >&2
exec build/release/bench/zone_bench "$@"
