"""Batch evaluation of fact files: in chunks at bounded memory, on all cores, restartable; a bad row costs no other."""
