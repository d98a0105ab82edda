"""The evaluation of a case with exact values: fields, conditions, related facts."""
