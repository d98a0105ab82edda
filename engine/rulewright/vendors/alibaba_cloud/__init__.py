"""Importers of the answers of Alibaba Cloud, and the vocabulary that they share."""
