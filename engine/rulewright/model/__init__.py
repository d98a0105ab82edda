"""The frozen model of a rulebook: what the validator builds and the evaluators read."""
