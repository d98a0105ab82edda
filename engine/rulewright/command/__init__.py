"""The command line; it computes nothing of its own."""

import os

# These are read as libraries are loaded. DuckDB's allocator gives memory back to the machine that the next chunk of a
# batch needs again, which takes time, so it waits ten seconds for that; NumPy needs no threads for what it does here.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
