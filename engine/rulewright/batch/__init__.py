"""Batch evaluation of fact files: in chunks at bounded memory, on all cores, restartable, bad lines apart."""
