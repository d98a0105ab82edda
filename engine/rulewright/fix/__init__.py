"""What to change: the smallest changes of facts that make a case ready, proven smallest by search."""
