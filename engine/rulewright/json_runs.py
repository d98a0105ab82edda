"""Runs as JSON: times, arguments, counts, inputs and rejected rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from rulewright.diagnostics import Diagnostic
from rulewright.json_values import Json
from rulewright.model.run import Run


def run_json(run: Run, *, with_lists: bool = True) -> Mapping[str, Json]:
    """Return a run as JSON. Omit the lists of inputs and rejects if they are elsewhere in the same file."""
    written: dict[str, Json] = {
        "started": instant(run.started),
        "ended": instant(run.ended),
        "version": run.version,
        "arguments": list(run.arguments),
        "rows": {
            "read": run.counts.read,
            "evaluated": run.counts.evaluated,
            "rejected": run.counts.rejected,
            "skipped": dict(run.counts.skipped),
        },
        "cases": run.counts.cases,
        "unread_inputs": run.counts.unread,
    }
    if with_lists:
        written["inputs"] = [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in run.inputs]
        written["rejects"] = [reject_json(one) for one in run.rejects]
        written["more_rejects"] = run.more_rejects
    return written


def reject_json(diagnostic: Diagnostic) -> Mapping[str, Json]:
    """Return a diagnostic of a rejected row as JSON."""
    span = diagnostic.span
    return {
        "file": None if span is None else span.file,
        "line": None if span is None else span.line,
        "column": None if span is None else span.column,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "help": diagnostic.help,
    }


def instant(time: datetime) -> str:
    """Return a time as data: in UTC, to the second."""
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
