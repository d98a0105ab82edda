"""Input rows, from JSON Lines or in typed columns, independent of the rulebook.

Each row has a unique `id`, its position (`file`, `block`, `place`) and its content (`raw`). `place` increases with the
rows of a block of its file. If a dataframe has no files, all positions are null, because only the content identifies a
row. `blank` rows are empty lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, functions as F

from rulewright.batch.rows import AS_OF, CASE
from rulewright.diagnostics import Diagnostic
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.spark.cells import Cell, date_cell, name_cell
from rulewright.spark.fact_columns import REF

ID, FILE, BLOCK, PLACE, RAW, BLANK = "id", "file", "block", "place", "raw", "blank"


#: Columns of a case that are not kinds of fact.
HEADER = (CASE, AS_OF)


def listed_kind(kind: str) -> str:
    """Return the column with a case's facts of a kind."""
    return f"k_{kind}"


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of the columns of a row that are not fields."""

    ref: str = REF
    case: str = CASE

    @property
    def headers(self) -> tuple[str, str]:
        """Return these names, without that of the ref."""
        return (self.case, AS_OF)

    def of(self, name: str) -> str:
        """Return the name of the column for `ref`, `case` or `as_of`."""
        return {REF: self.ref, CASE: self.case}.get(name, name)


NAMED_AS_THEY_ARE = Keys()


@dataclass(frozen=True, slots=True)
class InputRows(ABC):
    """Rows, with methods that return columns over `frame`; `in_files` is true if rows have a position."""

    frame: DataFrame
    in_files: bool
    keys: Keys

    @abstractmethod
    def is_valid(self) -> Column:
        """Return whether a row as a whole is valid for the fast path, before its keys are read."""

    @abstractmethod
    def cell(self, name: str, type_: FieldType) -> Cell:
        """Return the value of a header column."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Return whether any row may have this key."""

    @abstractmethod
    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        """Return the errors that affect all rows: unknown columns and columns of other types."""

    @abstractmethod
    def with_fact(self, frame: DataFrame, kind: Kind) -> DataFrame:
        """Return the frame with each row as a `fact` of the kind."""

    @abstractmethod
    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        """Return the frame with the facts of each kind as `k_KIND`, null if the case does not list the kind.

        `are_kinds_fast` is true if the row has no other content.
        """

    def name(self, name: str) -> Cell:
        """Return the value of a header column that holds a name."""
        return name_cell(self.cell(name, FieldType.TEXT))

    def date(self) -> Cell:
        """Return the date of a case."""
        return date_cell(self.cell(AS_OF, FieldType.DATE))


def default_ref(kind: Kind, is_single: Column, number: Column) -> Column:
    """Return the default ref of a fact."""
    return F.when(is_single, F.lit(kind.name)).otherwise(F.concat(F.lit(f"{kind.name}-"), (number + 1).cast("string")))


def with_ref(fact: Column, default: Column) -> Column:
    """Return the fact with the default ref if it has none."""
    return fact.withField(REF, F.coalesce(fact.getField(REF), default))
