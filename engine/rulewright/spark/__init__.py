"""Batch evaluation on Apache Spark: the same rulebooks and the same results, as far as a cluster reaches.

The observation of a rulebook runs on the workers as Spark's own SQL. The distinct situations come to the driver, are
inferred there, and what they come to goes back as a broadcast join. No Python runs on the workers.
"""

from rulewright.spark.checking import Checked, check, check_rows
from rulewright.spark.json_rows import json_lines
from rulewright.spark.programs import RefusedError
from rulewright.spark.typed_rows import parquet_rows, typed_rows

__all__ = ["Checked", "RefusedError", "check", "check_rows", "json_lines", "parquet_rows", "typed_rows"]
