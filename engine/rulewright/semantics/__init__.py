"""Exact evaluation of a case: fields, conditions and related facts."""
