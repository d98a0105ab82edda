"""The words of the rulebook language: one entry for each operator and function, with its phrases in each language."""
