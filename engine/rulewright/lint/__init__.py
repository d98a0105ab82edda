"""Checks of a rulebook that could be read: each finds one kind of mistake or doubt."""
