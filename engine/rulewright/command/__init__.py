"""The command line; all computation is in other packages."""

import os

# These are read while libraries load. By default, DuckDB's allocator returns memory that the next chunk of a batch
# needs again, which is slow, so it waits ten seconds. NumPy needs no threads here.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
