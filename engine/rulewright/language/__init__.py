"""The rulebook language: an entry for each operator and function, its phrases, and the interpreter over domains."""
