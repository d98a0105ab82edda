"""What a batch is asked to do: the same for every worker, and what a journal has to agree with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from rulewright.batch.columns import AS_THEY_ARE, Columns
from rulewright.batch.rows import Rows


class Detail(Enum):
    """How much is written of each case; the value is the word that `--detail` takes."""

    VERDICT = "verdict"
    FINDINGS = "findings"
    FULL = "full"


class OutputFormat(Enum):
    """The formats that are written case by case."""

    JSON_LINES = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Options:
    """What is judged by what, and what is written of it.

    `rows` is set where each row is a fact of one kind. `as_of` overrides the dates of the cases; those without one are
    of `today`. `by` are fields, by kind and name, by whose values the summary counts. With a `view` the subjects that
    it picks are written in place of what came of each case. `columns` says how columns and keys are read,
    `extra` are the columns behind those of a record in files of rows.
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
    """How a batch is run: to which file (none is standard output), on how many cores, in chunks of how many bytes.

    More than `maximum_rejected` rejected cases end it. A `device` is written to as standard output is: no file takes
    its place. With `is_hashed`, the inputs are hashed.
    """

    output: Path | None
    jobs: int
    chunk_bytes: int | None = None
    maximum_rejected: int | None = None
    resume: bool = False
    progress: bool = False
    device: Path | None = None
    is_hashed: bool = False
