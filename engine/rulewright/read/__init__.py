"""Readers of case files."""
