"""The implementation of the public names of `rulewright`; only what that package exports is public."""
