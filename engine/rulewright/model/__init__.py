"""Frozen data classes of a rulebook, its cases and its results."""
