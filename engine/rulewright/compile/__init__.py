"""Compilation of a rulebook to a program: levels, tests to observe, and conjunctive rules over their truths."""
