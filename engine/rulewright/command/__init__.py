"""The command line; it computes nothing of its own."""
