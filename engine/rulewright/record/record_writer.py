"""Write decision records: the facts as they were read, the rulebook and engine, and the result."""

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

#: The version of the record format.
FORM = 1
#: The keys of a check's JSON that identify the decision, and are not part of `result`.
_HEAD = ("case", "as_of", "rulebook", "engine")
_LONGEST_NAME = 50
#: JSON with decimals, which are written with all their digits.
_Exact: TypeAlias = "str | bool | int | float | Decimal | Mapping[str, _Exact] | Sequence[_Exact] | None"


def record_text(case: Case, explanation: Explanation) -> str:
    """Return the record of a decision as indented JSON; equal decisions have equal texts.

    `input` is a case file for `check`, with the date of the case and every ref. `stated_at` has the place of each
    fact.
    """
    data = case_json(explanation)
    written: dict[str, _Exact] = {
        "record": FORM,
        **{name: data[name] for name in _HEAD},
        "input": {
            "case": case.name,
            "as_of": case.as_of.isoformat(),
            **{kind: [_fact(fact) for fact in facts] for kind, facts in case.facts.items()},
        },
        "stated_at": {kind: {fact.ref: _places(fact) for fact in facts} for kind, facts in case.facts.items()},
        "result": {name: value for name, value in data.items() if name not in (*_HEAD, "explanation")},
    }
    return escape_unusual(_written(written)) + "\n"


def record_name(case: str, text: str) -> str:
    """Return the name of a record's file: the name of the case, made valid for files, and a digest of the record.

    A decision that is written twice is one file, and another decision on the case never overwrites it.
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
