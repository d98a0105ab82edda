"""Batch evaluation on Apache Spark, with the same rulebooks and results as a local run.

The workers run the observation of a rulebook as Spark SQL. The driver collects the distinct situations, infers them,
and sends the results back as a broadcast join. No Python runs on the workers.
"""

from rulewright.spark.checking import Checked, check, check_rows
from rulewright.spark.dated_programs import RefusedError
from rulewright.spark.json_rows import json_lines
from rulewright.spark.typed_rows import parquet_rows, typed_rows

__all__ = ["Checked", "RefusedError", "check", "check_rows", "json_lines", "parquet_rows", "typed_rows"]
