"""Checks of a parsed rulebook. Each check finds one kind of mistake."""
