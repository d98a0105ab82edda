"""The command line; it computes nothing of its own."""

import os

# DuckDB's allocator reads this as it is loaded: memory that is given back to the machine after each chunk, and fetched
# again for the next one, costs a batch a tenth of its time
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "dirty_decay_ms:-1")
