"""Replayed decisions as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rulewright.json_values import Json
from rulewright.model.replays import Change, Replay
from rulewright.model.values import Absent
from rulewright.render.clean import clean
from rulewright.render.json import dump


def write_replays_text(replays: Sequence[Replay]) -> str:
    """Return a line for each decision, its differences if it has any, and the counts at the end."""
    lines = [line for replay in replays for line in _lines(replay)]
    same = sum(replay.same for replay in replays)
    counted = f"{len(replays)} {'record' if len(replays) == 1 else 'records'}"
    return "\n".join([*lines, "", f"{counted}: {same} the same, {len(replays) - same} different"]) + "\n"


def _lines(replay: Replay) -> Iterator[str]:
    told = f"{clean(replay.case)} ({clean(replay.verdict.replace('_', ' '))}), {clean(replay.file)}"
    yield f"{'Same     ' if replay.same else 'Different'}  {told}"
    for name, (before, now) in replay.basis.items():
        yield f"  {name}: {clean(before)} -> {clean(now)}"
    for diagnostic in replay.refused:
        yield from (f"  {clean(line)}" for line in str(diagnostic).split("\n"))
    for change in replay.changes:
        yield from _change(change)


def _change(change: Change) -> Iterator[str]:
    where = " ".join(part for part in (change.kind, change.ref) if part)
    about = "" if change.about is None else f"{' ' if where else ''}{change.about}"
    head = f"  {clean(where + about)}{' ' if where or about else ''}{change.what.replace('_', ' ')}: "
    before, now = _shown(change.before), _shown(change.now)
    short = f"{head}{before} -> {now}"
    if len(short) <= 120:
        yield short
    else:
        yield head.rstrip()
        yield f"    was {before}"
        yield f"    is  {now}"


def _shown(value: Any) -> str:
    """Return a value in words, or as JSON if it is not a text."""
    if isinstance(value, Absent):
        return value.value
    if value is None:
        return "not there"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) or "nothing"


def write_replays_json(replays: Sequence[Replay]) -> str:
    """Return an array with an object for each decision."""
    return dump([_replay(replay) for replay in replays]) + "\n"


def _replay(replay: Replay) -> Mapping[str, Json]:
    return {
        "record": replay.file,
        "case": replay.case,
        "same": replay.same,
        "verdict": replay.verdict,
        "basis": {name: {"before": before, "now": now} for name, (before, now) in replay.basis.items()},
        "refused": [str(diagnostic) for diagnostic in replay.refused],
        "changes": [
            {
                "kind": change.kind,
                "ref": change.ref,
                "about": change.about,
                "what": change.what,
                "before": _json(change.before),
                "now": _json(change.now),
            }
            for change in replay.changes
        ],
    }


def _json(value: Any) -> Any:
    return {"absent": value.value} if isinstance(value, Absent) else value
