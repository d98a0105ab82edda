"""A wide set of commands that is run on two checkouts, to prove that nothing a user sees has changed."""
