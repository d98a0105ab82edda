"""The tests beside a rulebook: facts in, expected verdicts, outcomes, values and questions out."""
