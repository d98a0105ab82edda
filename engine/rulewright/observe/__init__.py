"""Observation: the truth of every test for all subjects at once, as SQL built from expression trees."""
