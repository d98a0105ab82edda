"""The version of the program, in a module of its own so that nothing inside imports the public names."""

__version__ = "0.1.0"
