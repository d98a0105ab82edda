"""The tests of a rulebook: facts, with the verdicts, outcomes, values and missing facts expected for them."""
