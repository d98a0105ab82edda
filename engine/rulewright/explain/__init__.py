"""Explanations of results: findings in words, with their sources, tests and missing facts."""
