"""Evaluation of cases by a program: observed tests, inferred outcomes, and results."""
