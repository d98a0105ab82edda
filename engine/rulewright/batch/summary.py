"""The summary of a batch: counts of verdicts, rule outcomes, rejected cases, and verdicts by the values of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rulewright.batch.accounts import counts_of
from rulewright.batch.report import MAXIMUM_COUNTED, BatchReport
from rulewright.json_runs import run_json
from rulewright.json_values import json_value
from rulewright.model.rulebook import View

#: The parts of a run's identity in its summary.
_IDENTITY = ("started", "ended", "version", "arguments", "inputs")
#: The verdicts in the order of the summary, and their words.
VERDICT_ORDER = ("ready", "needs_information", "not_ready", "not_applicable")
VERDICT_WORDS = {
    "ready": "ready",
    "needs_information": "need information",
    "not_ready": "not ready",
    "not_applicable": "not applicable",
}


def summary_text(report: BatchReport, output: str | None) -> Iterator[str]:
    """Yield the summary in a few lines."""
    tally = report.tally
    all_cases = tally.cases + tally.rejected
    speed = f", {all_cases / report.seconds:,.0f} a second" if report.seconds > 0 else ""
    situations = f", {_situations(report)}" if report.situations else ""
    yield f"{_number(all_cases, 'case')} in {report.seconds:.1f} s{speed}{situations}"
    verdicts = [f"{tally.verdicts[one]:,} {VERDICT_WORDS[one]}" for one in VERDICT_ORDER if tally.verdicts[one]]
    if verdicts:
        yield "  " + ", ".join(verdicts)
    if report.view is not None:
        total = "" if report.view.total is None else f"; {report.view.total} in all: {tally.total:,f}"
        yield f"  {report.view.title}: {tally.viewed:,}{total}"
    if tally.rejected:
        codes = ", ".join(f"{number:,} {code}" for code, number in tally.codes.most_common())
        where = f"; see {output}.rejected.jsonl" if output is not None else ""
        yield f"  {tally.rejected:,} rejected ({codes}){where}"
    if tally.rejected or tally.skipped or tally.read != tally.evaluated_rows or tally.read != tally.cases:
        yield f"  {counts_of(tally)}"
    for name, lines in _by(report).items():
        yield f"  by {name}:"
        for value, counts in lines.items():
            shown = ", ".join(f"{counts[one]:,} {VERDICT_WORDS[one]}" for one in VERDICT_ORDER if counts.get(one))
            yield f"    {'not known' if value is None else value}: {shown}"


def summary_json(report: BatchReport) -> str:
    """Return the summary as JSON."""
    tally = report.tally
    outcomes: dict[str, dict[str, int]] = {}
    for (rule, outcome), number in sorted(tally.outcomes.items()):
        if number:
            outcomes.setdefault(rule, {})[outcome] = number
    subjects: dict[str, dict[str, int]] = {}
    for (kind, verdict), number in sorted(tally.subjects.items()):
        subjects.setdefault(kind, {})[verdict] = number
    run = {} if report.run is None else run_json(report.run)
    written: dict[str, Any] = {
        "run": {name: run[name] for name in _IDENTITY if name in run},
        "rulebooks": [
            {"name": name, "edition": edition, "digest": digest} for name, edition, digest in report.programs
        ],
        "cases": tally.cases,
        "rejected": tally.rejected,
        "skipped": dict(tally.skipped),
        "rows": {
            "read": tally.read,
            "evaluated": tally.evaluated_rows,
            "rejected": tally.rejected_rows,
            "skipped": tally.skipped.total(),
        },
        "unread_inputs": tally.unread,
        "situations": report.situations,
        "seconds": round(report.seconds, 3),
        "verdicts": {one: tally.verdicts[one] for one in VERDICT_ORDER},
        "subjects": subjects,
        "rules": outcomes,
        "codes": dict(tally.codes),
        "by": {
            name: [{"value": value, **counts} for value, counts in lines.items()] for name, lines in _by(report).items()
        },
        "view": None if report.view is None else _view(report, report.view),
        "notices": report.notices,
    }
    return json.dumps(written, indent=2, ensure_ascii=False)


def _view(report: BatchReport, view: View) -> dict[str, Any]:
    total = None if view.total is None else json_value(report.tally.total)
    return {"name": view.name, "title": view.title, "subjects": report.tally.viewed, "total": total}


def _by(report: BatchReport) -> dict[str, dict[str | None, dict[str, int]]]:
    """Return the verdicts by field and value, most frequent values first, in an order independent of chunks."""
    found: dict[str, dict[str | None, dict[str, int]]] = {}
    for (name, value, verdict), number in report.tally.by.items():
        found.setdefault(name, {}).setdefault(value, {})[verdict] = number
    return {
        name: {
            value: {verdict: counts[verdict] for verdict in VERDICT_ORDER if verdict in counts}
            for value, counts in sorted(
                lines.items(), key=lambda line: (-sum(line[1].values()), line[0] is not None, line[0] or "")
            )
        }
        for name, lines in sorted(found.items())
    }


def _situations(report: BatchReport) -> str:
    """Return the number of distinct situations on the fast path, in words."""
    more = " or more" if report.situations == MAXIMUM_COUNTED else ""
    return f"{report.situations:,}{more} distinct situation{'' if report.situations == 1 else 's'}"


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
