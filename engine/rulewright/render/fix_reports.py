"""Smallest changes that make a case ready, for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from rulewright.json_values import Json, escape_unusual, json_value
from rulewright.model.explanation import MissingFact
from rulewright.model.fixes import (
    Answer,
    FactChange,
    FixedFact,
    Fixes,
    LeaveOut,
    NamedSubject,
    Part,
    RuleAtStake,
    UnmetRule,
)
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.render.arrange import place
from rulewright.render.clean import clean
from rulewright.render.json import missing_json
from rulewright.render.terminal import TextPage
from rulewright.render.words import ENGLISH, Words

_STYLES = {
    Verdict.READY: "bold green",
    Verdict.NOT_READY: "bold red",
    Verdict.NEEDS_INFORMATION: "bold yellow",
    Verdict.NOT_APPLICABLE: "bold",
}
_LABELS = 11


def print_fixes(several: Sequence[Fixes], console: Console, *, words: Words = ENGLISH) -> None:
    """Print the changes of each case."""
    for number, fixes in enumerate(several):
        if number:
            console.print()
        _Case(fixes, console, words).print()


class _Case(TextPage):
    """Prints the changes of one case."""

    def __init__(self, fixes: Fixes, console: Console, words: Words) -> None:
        super().__init__(console)
        self.fixes = fixes
        self.words = words

    def print(self) -> None:
        fixes = self.fixes
        head = Text(self.words.verdicts[fixes.verdict], style=_STYLES[fixes.verdict])
        head.append("  ").append(clean(fixes.case), style="not bold default")
        self.line(head)
        self.line(Text(clean(fixes.summary)))
        for part in fixes.parts:
            self.part(part)
        if fixes.leave_out is not None:
            self.heading("Or leave out" if any(part.answers for part in fixes.parts) else "Leave out")
            self.line(Text(clean(fixes.leave_out.sentence)), 4, Text(f"  {self.mark(Outcome.CONCLUDED)}"))
        self.missing()
        for number, notice in enumerate(fixes.notices):
            if not number:
                self.heading(self.words.notices)
            self.line(Text(clean(notice)), 4, Text("  -"))
        self.gap()
        told = (
            clean(fixes.rulebook.name),
            f"{self.words.edition.lower()} {fixes.rulebook.edition}",
            f"{self.words.as_of.lower()} {fixes.as_of}",
            clean(fixes.engine),
        )
        self.line(Text(f" {self.mark(Outcome.SILENT)} ".join(told), style="dim"))
        self.flush()

    def heading(self, heading: str, style: str = "") -> None:
        self.gap()
        self.line(Text(heading, style=f"bold {style}".strip()))

    def part(self, part: Part) -> None:
        named = ", ".join(_named(subject) for subject in part.subjects)
        if part.answers:
            several = f", one of {len(part.answers)} ways" if len(part.answers) > 1 else ""
            self.heading(f"To make {clean(named)} ready{several}")
            for number, answer in enumerate(part.answers, 1):
                self.answer(answer, number if several else None)
        else:
            allowed = "no change that the rulebook allows is enough" if part.is_impossible else "no answer was found"
            self.heading(f"{clean(named)}: {allowed}", "red")
            for unmet in part.unsolvable:
                mark = Text(f"  {self.mark(Outcome.VIOLATED)}", style="red")
                self.line(Text(f"{clean(unmet.rule.title)}: {clean(unmet.rule.message)}", style="bold"), 4, mark)
                self.labelled("", Text(clean(unmet.why)))
                self.remedy(unmet.rule)
            if part.unsolvable and part.obstacles:
                self.line(Text("For all other requirements:", style="dim"), 4)
            shown: set[tuple[str, str, str]] = set()
            for number, facts in enumerate(part.obstacles):
                if number:
                    self.line(Text("or", style="dim"), 4)
                for fact in facts:
                    key = (fact.subject.kind, fact.subject.ref, fact.field)
                    self.obstacle(fact, in_full=key not in shown)
                    shown.add(key)
        for limit in part.limits:
            self.line(Text(clean(limit), style="yellow"), 4, Text("  -"))

    def answer(self, answer: Answer, number: int | None) -> None:
        lead = f"  {self.mark(Outcome.CONCLUDED)} " if number is None else f"  {number}. "
        for position, change in enumerate(answer.changes):
            self.line(Text(clean(change.headline + "."), style="bold"), len(lead), Text("" if position else lead))
            if change.before is not None:
                self.labelled("changes", Text(clean(_change(change))))
                if change.shown_alternatives:
                    self.labelled("", Text(f"or to {clean(' or to '.join(change.shown_alternatives))}"))
            if (at := place(change.at)) is not None:
                self.labelled("stated at", Text(clean(at), style="dim"))
        for rule in answer.satisfies:
            self.labelled("satisfies", Text(clean(f"{rule.title}, of {_named(rule.subject)}")))
        if answer.verdict is Verdict.NEEDS_INFORMATION:
            missing = ", ".join(clean(_missing(fact)) for fact in answer.missing)
            self.labelled("then", Text(f"still missing: {missing}" if missing else "some information is still missing"))

    def obstacle(self, fact: FixedFact, *, in_full: bool) -> None:
        mark = Text(f"  {self.mark(Outcome.VIOLATED)}", style="red")
        self.line(Text(clean(fact.sentence), style="bold"), 4, mark)
        if not in_full:
            return
        if (at := place(fact.at)) is not None:
            self.labelled("stated at", Text(clean(at), style="dim"))
        for rule in fact.violates:
            self.labelled("violates", Text(clean(f"{rule.title}: {rule.message}")))
            self.remedy(rule)

    def remedy(self, rule: RuleAtStake) -> None:
        if rule.remedy is not None:
            self.labelled("", Text(clean(rule.remedy)))

    def missing(self) -> None:
        for number, fact in enumerate(self.fixes.missing):
            if not number:
                self.heading("Still missing", "yellow")
            self.line(Text(clean(_missing(fact))), 4, Text(f"  {self.mark(Outcome.UNKNOWN)}", style="yellow"))
            self.line(Text(clean(fact.ask), style="bold"), 4)

    def labelled(self, label: str, text: Text) -> None:
        if self.width < 3 * _LABELS:  # no room for two columns
            self.line(Text(f"{label}: " if label else "", style="dim").append_text(text), 4)
        else:
            self.line(text, 4 + _LABELS, Text(f"    {label}", style="dim"))


def _named(subject: NamedSubject) -> str:
    return f"{subject.kind_label} {subject.ref}" if subject.ref != subject.kind_label else subject.ref


def _missing(fact: MissingFact) -> str:
    return fact.label if fact.field is None or not fact.ref else f"{fact.label} of {fact.ref}"


def _change(change: FactChange) -> str:
    difference = f" ({change.difference})" if change.difference else ""
    return f"{change.label} of {_named(change.subject)}: from {change.shown_before} to {change.shown_after}{difference}"


# --- JSON ---


def write_json(several: Sequence[Fixes], *, as_array: bool) -> str:
    """Return one case as an object or several as an array, indented."""
    cases = [_case(fixes) for fixes in several]
    written = json.dumps(cases if as_array else cases[0], indent=2, ensure_ascii=False, allow_nan=False)
    return escape_unusual(written) + "\n"


def _case(fixes: Fixes) -> Mapping[str, Json]:
    rulebook = fixes.rulebook
    written: dict[str, Json] = {
        "case": fixes.case,
        "verdict": fixes.verdict.value,
        "as_of": fixes.as_of.isoformat(),
        "rulebook": {"name": rulebook.name, "edition": rulebook.edition.isoformat(), "digest": rulebook.digest},
        "engine": fixes.engine,
        "parts": [_part(part) for part in fixes.parts],
        "first": [_change_json(change) for change in fixes.first],
        "verdict_after": fixes.verdict_after.value,
        "missing": [missing_json(missing) for missing in fixes.missing],
    }
    if fixes.leave_out is not None:
        written["leave_out"] = _leave_out(fixes.leave_out)
    if fixes.notices:
        written["notices"] = fixes.notices
    return written


def _part(part: Part) -> Mapping[str, Json]:
    written: dict[str, Json] = {
        "subjects": [_subject(subject) for subject in part.subjects],
        "answers": [
            {
                "cost": json_value(int(answer.cost) if answer.cost == int(answer.cost) else answer.cost),
                "changes": [_change_json(change) for change in answer.changes],
                "satisfies": [_rule(rule) for rule in answer.satisfies],
                "verdict": answer.verdict.value,
                "missing": [missing_json(missing) for missing in answer.missing],
            }
            for answer in part.answers
        ],
        "obstacles": [[_fixed(fact) for fact in facts] for facts in part.obstacles],
        "unsolvable": [_unmet(unmet) for unmet in part.unsolvable],
        "is_impossible": part.is_impossible,
        "is_smallest": part.is_smallest,
    }
    if part.limits:
        written["limits"] = part.limits
    return written


def _subject(subject: NamedSubject) -> Mapping[str, Json]:
    return {"kind": subject.kind, "ref": subject.ref}


def _change_json(change: FactChange) -> Mapping[str, Json]:
    written: dict[str, Json] = {
        **_subject(change.subject),
        "field": change.field,
        "from": None if change.before is None else json_value(change.before),
        "to": None if change.after is None else json_value(change.after),
    }
    if change.before is None:
        written["states"] = True
    if change.after is None:
        written["any_other"] = True
    if change.alternatives:
        written["or_to"] = [json_value(value) for value in change.alternatives]
    if change.difference is not None:
        written["difference"] = change.difference
    written["at"] = place(change.at)
    return written


def _unmet(unmet: UnmetRule) -> Mapping[str, Json]:
    return {**_rule(unmet.rule), "why": unmet.why}


def _leave_out(leave_out: LeaveOut) -> Mapping[str, Json]:
    return {
        "subjects": [_subject(subject) for subject in leave_out.subjects],
        "verdict": leave_out.verdict.value,
    }


def _fixed(fact: FixedFact) -> Mapping[str, Json]:
    return {
        **_subject(fact.subject),
        "field": fact.field,
        "value": json_value(fact.value),
        "needed": None if fact.needed is None else json_value(fact.needed),
        "why": fact.why,
        "violates": [_rule(rule) for rule in fact.violates],
        "at": place(fact.at),
    }


def _rule(rule: RuleAtStake) -> Mapping[str, Json]:
    return {
        "rule": rule.rule,
        **_subject(rule.subject),
        "outcome": rule.outcome.value,
        "message": rule.message,
        "remedy": rule.remedy,
    }
