"""From results to explanations: every finding in words, with its source, its tests and what is missing."""
