"""The test files beside rulebooks, read as plain data: cases for the oracle, and the results that they expect."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from oracle import Absent, Bare, load
from oracle.field_types import TYPES, day, is_null, returned

#: A scalar that is safe without quotes in the flow style of YAML.
_SAFE = re.compile(r"[-+~.\w]+")


@dataclass(frozen=True)
class FileTest:
    """One test of a file: a case, its date, and the results that the file expects."""

    name: str
    case: Mapping[str, Any]
    as_of: date
    expected: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The case as YAML."""
        return written(self.case)


def written(data: Any) -> str:
    """Return loaded data as YAML in flow style."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)}: {written(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(written, data)) + "]"
    if isinstance(data, Bare) and is_null(data):
        return "~"
    # quotes change nothing for a text, a choice, a reference and a date
    return str(data) if isinstance(data, Bare) and _SAFE.fullmatch(data) else json.dumps(data)


def read_tests(text: str, rulebook: Mapping[str, Any]) -> list[FileTest]:
    """Return the tests of a file."""
    document = load(text)
    bases = document.get("bases", {})
    tests = []
    for test in document["tests"]:
        base = bases[test["base"]] if "base" in test else {}
        given = test.get("given", {})
        facts = {**_merged(base, {} if is_null(given) else given), **test.get("replace", {})}
        tests.append(FileTest(test["name"], facts, day(test.get("as_of", rulebook["edition"])), test["expect"]))
    return tests


def _merged(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {**base, **{kind: _merged_kind(base.get(kind), facts) for kind, facts in given.items()}}


def _merged_kind(base: Any, given: Any) -> Any:
    """Lay facts over those of a base: over the fact with the same ref, or over the only fact."""
    if is_null(base) or isinstance(given, str):
        return given
    if isinstance(base, Mapping) and isinstance(given, Mapping) and given.get("ref") in (None, base.get("ref")):
        return {**base, **given}
    facts = list(base) if isinstance(base, list) else [base]
    for fact in given if isinstance(given, list) else [given]:
        refs = [known.get("ref") for known in facts]
        if "ref" in fact and fact["ref"] not in refs:
            facts.append(fact)
        else:
            place = refs.index(fact["ref"]) if "ref" in fact else 0
            facts[place] = {**facts[place], **fact}
    return facts


def unmet(test: FileTest, rulebook: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    """Return what a test expects and a result does not have. `missing` is left out: the oracle names no questions."""
    if "error" in test.expected:
        return [] if result["contradictions"] else ["no contradiction"]
    found = [] if test.expected.get("verdict", result["verdict"]) == result["verdict"] else ["verdict"]
    for (kind, ref), subject in result["subjects"].items():
        own = test.expected.get("subjects", {}).get(ref, {})
        for expected in (test.expected, own):
            found += [f"{path} of {kind} {ref}" for path in _unmet_of(expected, kind, rulebook, subject)]
        if own.get("verdict", subject["verdict"]) != subject["verdict"]:
            found.append(f"verdict of {kind} {ref}")
    return found


def _unmet_of(
    expected: Mapping[str, Any], kind: str, rulebook: Mapping[str, Any], subject: Mapping[str, Any]
) -> Iterator[str]:
    for rule, outcome in expected.get("outcomes", {}).items():
        if subject["outcomes"].get(rule, outcome) != outcome:
            yield rule
    for name, node in expected.get("values", {}).items():
        if name in subject["values"]:
            value, wanted = subject["values"][name], _value(node, _type(rulebook, kind, name))
            if (type(value), value) != (type(wanted), wanted):
                yield name


def _type(rulebook: Mapping[str, Any], kind: str, name: str) -> str:
    fields = dict(rulebook["facts"][kind]["fields"])
    for table in rulebook.get("tables", {}).values():
        if table["about"] == kind:
            fields.update(table["columns"])
    return str(fields[name]["type"])


def _value(node: Any, type_: str) -> Any:
    if isinstance(node, Bare) and node in ("unknown", "none"):
        return Absent(node)
    return returned(TYPES[type_](node), type_)
