"""From nodes to the rulebook: every mistake of shape, name and type is told at once, with its place."""
