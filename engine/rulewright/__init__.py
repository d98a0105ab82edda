"""Check facts against requirements that live in a document, and explain every verdict."""

__version__ = "0.1.0"
