"""Reading case files."""
