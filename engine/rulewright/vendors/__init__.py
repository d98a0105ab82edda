"""Importers: answers of a vendor's API turned into case files, each importer a table of facts and where they stand."""
