"""Options of a batch: the same for every worker; a journal must match them to be resumed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from rulewright.batch.columns import AS_THEY_ARE, Columns
from rulewright.batch.rows import Rows


class Detail(Enum):
    """The amount of detail in the record of each case; the values are those of `--detail`."""

    VERDICT = "verdict"
    FINDINGS = "findings"
    FULL = "full"


class OutputFormat(Enum):
    """The formats of batch output."""

    JSON_LINES = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Options:
    """The rulebook, the evaluation date and the form of the output.

    `rows` is set if each row is a fact of one kind. `as_of` overrides the dates of the cases; `today` is the date of
    cases without one. `by` has the fields, by kind and name, whose values the summary counts by. With a `view`, the
    output has the subjects that the view selects instead of records of cases. `columns` controls how columns and keys
    are read. `extra` has the additional columns of a record in CSV and Parquet output.
    """

    rulebook: str
    edition: date | None
    as_of: date | None
    today: date
    engine: str
    format: OutputFormat
    detail: Detail
    rows: Rows | None = None
    by: tuple[tuple[str, str], ...] = ()
    sample: int = 0
    view: str | None = None
    columns: Columns = AS_THEY_ARE
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """The execution of a batch: the output file (None for standard output), the number of processes, the chunk size.

    The run stops if it rejects more than `maximum_rejected` cases. A `device` is written directly, like standard
    output, and is not replaced by a file. With `is_hashed`, the inputs are hashed.
    """

    output: Path | None
    jobs: int
    chunk_bytes: int | None = None
    maximum_rejected: int | None = None
    resume: bool = False
    progress: bool = False
    device: Path | None = None
    is_hashed: bool = False
