"""Decision records: the facts, rulebook and result of a verdict, stored so that it can be evaluated again."""
