"""Report writers, one per format. They format explanations and evaluate nothing."""
