"""Rows as they come, from JSON Lines or in typed columns, before anything is known of the rulebook that judges them.

Each row has an `id` of its own, `file`, `block`, `place` and `raw`: where it is, and what stands there. `place` grows
with the rows of a block of its file; where a dataframe comes from no file, all these are null, as nothing but its
content tells a row from another. `blank` rows are lines with nothing in them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rulewright.batch.rows import AS_OF, CASE
from rulewright.diagnostics import Diagnostic
from rulewright.model.rulebook import Kind, Rulebook
from rulewright.model.values import FieldType
from rulewright.spark.cells import Cell, date_cell, name_cell
from rulewright.spark.facts import REF

ID, FILE, BLOCK, PLACE, RAW, BLANK = "id", "file", "block", "place", "raw", "blank"


#: The columns of a case that are no kinds of fact.
HEADER = (CASE, AS_OF)


def listed_kind(kind: str) -> str:
    """The column of a case's facts of a kind."""
    return f"k_{kind}"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keys of a row are called that are no fields."""

    ref: str = REF
    case: str = CASE

    @property
    def headers(self) -> tuple[str, str]:
        """Those of them that are not the ref's."""
        return (self.case, AS_OF)

    def of(self, name: str) -> str:
        """What a key is called that is `ref`, `case` or `as_of`."""
        return {REF: self.ref, CASE: self.case}.get(name, name)


NAMED_AS_THEY_ARE = Keys()


@dataclass(frozen=True, slots=True)
class Rows(ABC):
    """Rows with what can be asked of them as columns over `frame`; `in_files` says whether they have a place."""

    frame: DataFrame
    in_files: bool
    keys: Keys

    @abstractmethod
    def is_sound(self) -> Column:
        """Whether a row is plain as a whole, before any of its keys is looked at."""

    @abstractmethod
    def cell(self, name: str, type_: FieldType) -> Cell:
        """What stands under a key that is no kind of fact."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether any row may have this key."""

    @abstractmethod
    def diagnostics(self, rulebook: Rulebook, kind: Kind | None) -> list[Diagnostic]:
        """What is wrong with all rows alike: columns that a rulebook does not know, or of other types."""

    @abstractmethod
    def with_fact(self, frame: DataFrame, kind: Kind) -> DataFrame:
        """The frame with each row as a `fact` of the kind."""

    @abstractmethod
    def with_kinds(self, frame: DataFrame, rulebook: Rulebook) -> DataFrame:
        """The frame with the facts of each kind as `k_KIND`, null where a case does not list it.

        `are_kinds_plain` tells whether nothing else stands there.
        """

    def name(self, name: str) -> Cell:
        """What stands under a key that holds a name."""
        return name_cell(self.cell(name, FieldType.TEXT))

    def date(self) -> Cell:
        """What stands for the date of a case."""
        return date_cell(self.cell(AS_OF, FieldType.DATE))


def default_ref(kind: Kind, is_single: Column, number: Column) -> Column:
    """What a fact is called that has no ref."""
    return F.when(is_single, F.lit(kind.name)).otherwise(F.concat(F.lit(f"{kind.name}-"), (number + 1).cast("string")))


def with_ref(fact: Column, default: Column) -> Column:
    """The fact with a ref in any case."""
    return fact.withField(REF, F.coalesce(fact.getField(REF), default))
