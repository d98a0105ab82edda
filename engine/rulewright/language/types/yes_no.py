"""Yes and no."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date

from rulewright.language import operands as schemas
from rulewright.language.types.entry import Mismatch, ValueType, nothing_further
from rulewright.language.types.written import mismatch
from rulewright.model.entries import Schema
from rulewright.model.rulebook import Field
from rulewright.model.values import FieldType, Known

_EXPECTED = "yes or no"
_YES = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE"})
_NO = frozenset({"no", "No", "NO", "false", "False", "FALSE"})


def _read(text: str, plain: bool) -> bool | Mismatch:
    if plain and text in _YES:
        return True
    if plain and text in _NO:
        return False
    return mismatch(text, plain, _EXPECTED, "write yes or no, without quotes")


def _schema(declared: Field) -> Schema:
    return {"enum": [*schemas.YES_NO["enum"], None]}


def _tried(declared: Field, operands: Set[Known], day: date, filler: str) -> Sequence[bool]:
    return (True, False)


def _every(declared: Field) -> Sequence[Known]:
    return (True, False)


YES_NO = ValueType(
    type=FieldType.YES_NO,
    expected=_EXPECTED,
    family="yes/no",
    read=_read,
    schema=_schema,
    sql="BOOLEAN",
    columns=("BOOLEAN",),
    tried=_tried,
    every=_every,
    further=nothing_further,
    synonyms=dict.fromkeys(("boolean", "bool", "flag", "yes_no", "yesno", "yes-no", "true/false"), "write `yes/no`"),
)

TYPES = (YES_NO,)
