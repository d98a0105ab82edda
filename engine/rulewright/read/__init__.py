"""Reading case files: nodes to cases, then to facts typed by a rulebook's vocabulary."""
