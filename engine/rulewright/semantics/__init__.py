"""The meaning of conditions and expressions: one interpreter over the facts of a case."""
