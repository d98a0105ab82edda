"""The command line; it computes nothing of its own."""

import os

# DuckDB's allocator reads this as it is loaded. It gives memory back to the machine that the next chunk of a batch
# needs again, which takes time; so it waits ten seconds for that
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")
