"""The check that no output replaces an input, as the commands use it."""

from rulewright.batch.clashes import Output, find_clashes

__all__ = ["Output", "find_clashes"]
