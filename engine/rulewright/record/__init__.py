"""Decision records: what a verdict was given on, kept so that it can be judged again."""
