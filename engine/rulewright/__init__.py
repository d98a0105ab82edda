"""Check facts against requirements that live in a document, and explain every verdict."""

from rulewright.version import __version__

__all__ = ["__version__"]
