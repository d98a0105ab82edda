"""The record of a decision as a file: the facts as they were read, what judged them, what came out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from rulewright.json_values import escape_unusual
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case, Fact
from rulewright.model.values import Known, as_data
from rulewright.render.arrange import place
from rulewright.render.json import case_json

#: The version of the form of records.
FORM = 1
#: What a result is told with, and is not part of it.
_HEAD = ("case", "as_of", "rulebook", "engine")
_LONGEST_NAME = 50
#: JSON with decimals, which are written digit by digit.
_Exact: TypeAlias = "str | bool | int | float | Decimal | Mapping[str, _Exact] | Sequence[_Exact] | None"


def record_text(case: Case, explanation: Explanation) -> str:
    """The record of a decision, as indented JSON; the same decision always has the same text.

    `input` is a case file as `check` takes it, with the case's own date and every ref; `stated_at` says where each
    fact was read.
    """
    told = case_json(explanation)
    written: dict[str, _Exact] = {
        "record": FORM,
        **{name: told[name] for name in _HEAD},
        "input": {
            "case": case.name,
            "as_of": case.as_of.isoformat(),
            **{kind: [_fact(fact) for fact in facts] for kind, facts in case.facts.items()},
        },
        "stated_at": {kind: {fact.ref: _places(fact) for fact in facts} for kind, facts in case.facts.items()},
        "result": {name: value for name, value in told.items() if name not in (*_HEAD, "explanation")},
    }
    return escape_unusual(_written(written)) + "\n"


def record_name(case: str, text: str) -> str:
    """The name of a record's file: the case's, as far as files can have it, and the digest of what is in it.

    So a decision that is kept twice is one file, and another decision about the case never takes its place.
    """
    named = re.sub(r"[^\w.\-]+", "_", case)[:_LONGEST_NAME].strip("._") or "case"
    return f"{named}.{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"


def _fact(fact: Fact) -> Mapping[str, _Exact]:
    return {"ref": fact.ref, **{name: _value(value) for name, value in fact.values.items()}}


def _value(value: Known) -> _Exact:
    return as_data(value)


def _places(fact: Fact) -> Mapping[str, _Exact]:
    return {name: at for name, span in fact.spans.items() if (at := place(span)) is not None}


def _written(value: _Exact, indent: str = "") -> str:
    inner = indent + "  "
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping) and value:
        entries = (
            f"{inner}{json.dumps(name, ensure_ascii=False)}: {_written(item, inner)}" for name, item in value.items()
        )
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return "[\n" + ",\n".join(f"{inner}{_written(item, inner)}" for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
