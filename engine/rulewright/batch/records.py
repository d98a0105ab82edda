"""Records of cases, by format and detail: as parts shared by all cases of a situation, and as whole records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from rulewright.batch.options import Detail, OutputFormat
from rulewright.json_values import escape_unusual, json_value
from rulewright.model.contradictions import plain
from rulewright.model.explanation import Explanation
from rulewright.model.outcomes import CaseResult, Outcome, SubjectResult, Verdict
from rulewright.model.rulebook import Rule, Rulebook, View
from rulewright.model.values import Absent, FieldType, Value
from rulewright.observe.columns import SQL_TYPES

#: Verdicts from best to worst: the verdict of a case is the greatest of its subjects' verdicts.
RANKS = (Verdict.NOT_APPLICABLE, Verdict.READY, Verdict.NEEDS_INFORMATION, Verdict.NOT_READY)
#: The outcomes whose rules a record names at detail `verdict`.
NAMED = (Outcome.VIOLATED, Outcome.UNKNOWN, Outcome.ADVISED)
#: The separator of rule names in a cell.
SEPARATOR = ";"

#: The values of a record's columns.
Row: TypeAlias = "tuple[Any, ...]"


_NAMES = frozenset({"case", "ref"})
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a record with their SQL types, without the case number and the place in the case.

    `texts` are the columns that can contain text from the fact files.
    """

    columns: Mapping[str, str]
    texts: frozenset[str] = frozenset()

    @property
    def types(self) -> dict[str, str]:
        """Return the types of the whole table, with the case number and the place."""
        return {"case_number": "BIGINT", "place": "BIGINT", **self.columns}


def shape_of(format_: OutputFormat, detail: Detail) -> Shape:
    """Return the columns of a record."""
    if format_ is OutputFormat.JSON_LINES:
        return Shape({"line": "VARCHAR"})
    if detail is Detail.VERDICT:
        rules = "VARCHAR[]" if format_ is OutputFormat.PARQUET else "VARCHAR"
        return Shape({"case": "VARCHAR", "verdict": "VARCHAR", **{each.value: rules for each in NAMED}}, _NAMES)
    columns = dict.fromkeys(("case", "kind", "ref", "verdict", "rule", "outcome", "severity"), "VARCHAR")
    if detail is Detail.FULL:
        columns |= dict.fromkeys(("message", "remedy", "document", "section"), "VARCHAR")
    return Shape(columns, _NAMES | {"message", "remedy", "document", "section"})


def shape_of_view(rulebook: Rulebook, view: View, format_: OutputFormat) -> Shape:
    """Return the columns of a view: the case, the subject, and the fields that the view shows."""
    fields = rulebook.kinds[view.about].fields
    typed = format_ is OutputFormat.PARQUET
    shown = {name: SQL_TYPES[fields[name].type] if typed else "VARCHAR" for name in view.show}
    if format_ is OutputFormat.JSON_LINES:
        return shape_of(format_, Detail.VERDICT)
    texts = {name for name in view.show if fields[name].type in (FieldType.TEXT, FieldType.REFERENCE)}
    return Shape({"case": "VARCHAR", "kind": "VARCHAR", "ref": "VARCHAR", **shown}, _NAMES | texts)


def view_row(view: View, case: str, ref: str, values: Sequence[Value], format_: OutputFormat) -> Row:
    """Return the record of a subject that a view selects, with the values of the fields that the view shows."""
    if format_ is OutputFormat.JSON_LINES:
        shown = {name: json_value(value) for name, value in zip(view.show, values, strict=True)}
        return (escape_unusual(dump({"case": case, "kind": view.about, "ref": ref, **shown})),)
    cells = [None if isinstance(value, Absent) else value for value in values]
    if format_ is OutputFormat.CSV:
        return (case, view.about, ref, *(None if cell is None else plain(cell) for cell in cells))
    return (case, view.about, ref, *(Decimal(cell) if type(cell) is int else cell for cell in cells))


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict of a case, and for each named outcome its rules, without duplicates, in the rulebook's order."""

    verdict: Verdict
    rules: tuple[tuple[str, ...], ...]


def answer_of(rulebook: Rulebook, result: CaseResult) -> Answer:
    """Return the answer of a case with a verdict."""
    assert result.verdict is not None, "a case with errors is rejected"
    return Answer(result.verdict, tuple(named_rules(rulebook, result.subjects, outcome) for outcome in NAMED))


def named_rules(rulebook: Rulebook, subjects: Iterable[SubjectResult], outcome: Outcome) -> tuple[str, ...]:
    """Return the rules with this outcome for any of the subjects, in the rulebook's order."""
    found = {name for subject in subjects for name, came in subject.outcomes.items() if came is outcome}
    return tuple(name for name in rulebook.rules if name in found)


def dump(value: object) -> str:
    """Return a value as compact JSON."""
    return _ENCODER.encode(value)


# --- parts shared by all cases of a situation --------------------------------------------------------------------


#: The part of a line before the name of the case.
LINE_START = '{"case":"'


def answer_ending(answer: Answer) -> str:
    """Return the part of a line after the name of the case."""
    named = (f'"{outcome.value}":{dump(rules)}' for outcome, rules in zip(NAMED, answer.rules, strict=True))
    return f'","verdict":"{answer.verdict.value}",{",".join(named)}}}'


def answer_cells(answer: Answer, format_: OutputFormat) -> Row:
    """Return the cells of an answer after the name of the case."""
    if format_ is OutputFormat.PARQUET:
        return (answer.verdict.value, *(list(rules) for rules in answer.rules))
    return (answer.verdict.value, *(SEPARATOR.join(rules) for rules in answer.rules))


def subjects_start(verdict: Verdict) -> str:
    """Return the part of a line between the name of a case and its first subject."""
    return f'","verdict":"{verdict.value}","subjects":['


def subject_start(kind: str) -> str:
    """Return the part of a line before the ref of a subject."""
    return f'{{"kind":"{kind}","ref":"'


def subject_ending(verdict: Verdict, outcomes: Mapping[str, Outcome], rules: Sequence[Rule]) -> str:
    """Return the part of a line after the ref of a subject: its verdict and the outcome of each rule."""
    findings = ",".join(
        f'{{"rule":"{rule.name}","outcome":"{outcomes[rule.name].value}","severity":"{rule.severity.value}"}}'
        for rule in rules
    )
    return f'","verdict":"{verdict.value}","findings":[{findings}]}}'


SUBJECTS_END = "]}"


# --- whole records of single cases -------------------------------------------------------------------------------


def records_of(rulebook: Rulebook, result: CaseResult, format_: OutputFormat, detail: Detail) -> list[Row]:
    """Return the records of a case with a verdict, without the rendered parts of detail `full`."""
    name = escaped(result.case)
    if detail is Detail.VERDICT:
        answer = answer_of(rulebook, result)
        if format_ is OutputFormat.JSON_LINES:
            return [(LINE_START + name + answer_ending(answer),)]
        return [(result.case, *answer_cells(answer, format_))]
    if format_ is OutputFormat.JSON_LINES:
        assert result.verdict is not None, "a case with errors is rejected"
        subjects = ",".join(
            subject_start(subject.kind)
            + escaped(subject.ref)
            + subject_ending(subject.verdict, subject.outcomes, rulebook.rules_about(subject.kind))
            for subject in result.subjects
        )
        return [(LINE_START + name + subjects_start(result.verdict) + subjects + SUBJECTS_END,)]
    return [
        (
            result.case,
            subject.kind,
            subject.ref,
            subject.verdict.value,
            rule.name,
            subject.outcomes[rule.name].value,
            rule.severity.value,
        )
        for subject in result.subjects
        for rule in rulebook.rules_about(subject.kind)
    ]


def escaped(text: str) -> str:
    """Return a text escaped for use inside a JSON string."""
    return escape_unusual(dump(text))[1:-1]


def explained_rows(explanation: Explanation) -> list[Row]:
    """Return the records of a case at detail `full`, a row for each finding."""
    verdicts = {(subject.kind, subject.ref): subject.verdict.value for subject in explanation.subjects}
    return [
        (
            explanation.case,
            finding.kind,
            finding.ref,
            verdicts[finding.kind, finding.ref],
            finding.rule,
            finding.outcome.value,
            finding.severity.value,
            finding.message,
            finding.remedy,
            None if finding.source is None else finding.source.title,
            None if finding.source is None else finding.source.section,
        )
        for finding in explanation.findings
    ]
