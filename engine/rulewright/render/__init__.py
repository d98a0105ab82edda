"""One writer per format: each is given explanations and computes nothing of its own."""
