"""Importers of vendor API answers as case files. Each importer is a set of tables of facts and their keys."""
