"""Importers of the answers of Alibaba Cloud, and their common vocabulary."""
