"""Compare a recorded decision with the present result."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rulewright.model.explanation import Explanation
from rulewright.model.replays import Change
from rulewright.model.values import Absent
from rulewright.render.json import case_json, dump

#: The keys of a finding that are compared, the outcome first. The other keys hold its sources and tests.
_OF_FINDINGS = ("outcome", "severity", "message", "remedy", "not_covered")


def changes(recorded: Mapping[str, Any], explanation: Explanation) -> tuple[Change, ...]:
    """Return the differences: the verdict first, then subjects, findings and missing facts in their order."""
    present = json.loads(dump(case_json(explanation)))
    found = [] if recorded["verdict"] == present["verdict"] else [_whole(recorded["verdict"], present["verdict"])]
    found += _subjects(recorded["subjects"], present["subjects"])
    found += _findings(recorded["findings"], present["findings"])
    found += _missing(recorded["missing"], present["missing"])
    return tuple(found)


def _whole(before: str, now: str) -> Change:
    return Change("", "", None, "verdict", before, now)


def _subjects(recorded: Sequence[Any], present: Sequence[Any]) -> Iterator[Change]:
    before = {(one["kind"], one["ref"]): one for one in recorded}
    now = {(one["kind"], one["ref"]): one for one in present}
    for kind, ref in dict.fromkeys([*before, *now]):
        old, new = before.get((kind, ref), {}), now.get((kind, ref), {})
        if old.get("verdict") != new.get("verdict"):
            yield Change(kind, ref, None, "verdict", old.get("verdict"), new.get("verdict"))
        was, is_ = old.get("derived", {}), new.get("derived", {})
        for field in dict.fromkeys([*was, *is_]):
            if (field in was, was.get(field)) != (field in is_, is_.get(field)):
                yield Change(kind, ref, field, "value", _derived(was, field), _derived(is_, field))


def _derived(values: Mapping[str, Any], field: str) -> Any:
    """Return a derived value from JSON: null means none, and an absent key means unknown."""
    value = values.get(field, Absent.UNKNOWN)
    return Absent.NONE if value is None else value


def _findings(recorded: Sequence[Any], present: Sequence[Any]) -> Iterator[Change]:
    before = {(one["rule"], one["kind"], one["ref"]): one for one in recorded}
    now = {(one["rule"], one["kind"], one["ref"]): one for one in present}
    for rule, kind, ref in dict.fromkeys([*before, *now]):
        old, new = before.get((rule, kind, ref)), now.get((rule, kind, ref))
        if old is None or new is None:
            was, is_ = (None if one is None else one["outcome"] for one in (old, new))
            yield Change(kind, ref, rule, "outcome", was, is_)
            continue
        for what in _OF_FINDINGS:
            if old.get(what) != new.get(what):
                yield Change(kind, ref, rule, what, old.get(what), new.get(what))


def _missing(recorded: Sequence[Any], present: Sequence[Any]) -> Iterator[Change]:
    before = {(one.get("kind", ""), one.get("ref", ""), one.get("field")): one for one in recorded}
    now = {(one["kind"], one["ref"], one["field"]): one for one in present}
    for kind, ref, field in dict.fromkeys([*before, *now]):
        was, is_ = ((kind, ref, field) in one for one in (before, now))
        if was != is_:
            yield Change(kind, ref, field, "open question", was, is_)
