"""Page of several cases as HTML: counts, charts, and a table with the explanation of each row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.dates import get_month_names
from markupsafe import Markup

from rulewright.diagnostics import Diagnostic
from rulewright.json_values import escape_unusual
from rulewright.model.explanation import ExplainedSubject, Explanation, RulebookIdentity, StatedFact
from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.run import Run
from rulewright.model.values import Absent
from rulewright.render.arrange import EVIDENCE_OUTCOMES, REMEDY_OUTCOMES, SHOWN_OUTCOMES, WORST_FIRST, advice, reason
from rulewright.render.compact import OUTCOMES, SEVERITIES, TRUTHS, VERDICTS, Compacted, Named
from rulewright.render.dividing import MOST_LISTED, MOST_SUBJECTS, Divided, divided, subjects_of
from rulewright.render.environment import templates_in
from rulewright.render.html import write_page
from rulewright.render.runs import RunInWords, run_in_words
from rulewright.render.words import WORDS, Words
from rulewright.text_environment import FORMATS

#: Maximum number of values of a field with a chart.
_MOST_VALUES = 16
#: Maximum number of rows for print and for readers without scripts, at about 400 bytes each per language.
_MOST_ROWS = 100
_SCRIPTS = ("parts/page.js", "parts/table.js")


@dataclass(frozen=True, slots=True)
class Share:
    """A segment of a bar: its number, its start and its width, both in percent of the bar."""

    verdict: Verdict
    number: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class RuleLine:
    """The number of findings of a rule with one outcome, and the width of its bar in percent."""

    rule: str
    title: str
    kind: str
    severity: RuleSeverity
    number: int
    width: float


@dataclass(frozen=True, slots=True)
class ValueLine:
    """The subjects that have a value of a field, by verdict."""

    shown: str
    number: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class FieldChart:
    """The values of a field, the most frequent first."""

    kind: str
    label: str
    values: tuple[ValueLine, ...]


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """A case, or a subject of a divided case, for print and for readers without scripts.

    `kind` is None for a case. `severity` is None unless the text is advice instead of the reason for the verdict.
    """

    name: str
    kind: str | None
    case: str
    verdict: Verdict
    severity: RuleSeverity | None
    text: str


@dataclass(frozen=True, slots=True)
class PortfolioInWords:
    """The page in one language: counts of the cases, of the rules by outcome, and of fields by value.

    `divided` has the cases whose subjects are rows, and `more_divided` is the number of omitted ones. `first_rows` are
    the worst of `row_number` rows.
    """

    words: Words
    number: int
    shares: tuple[Share, ...]
    legend: tuple[Verdict, ...]
    rules: Mapping[Outcome, tuple[RuleLine, ...]]
    fields: tuple[FieldChart, ...]
    rulebooks: tuple[RulebookIdentity, ...]
    divided: tuple[Divided, ...]
    more_divided: int
    first_rows: tuple[PortfolioRow, ...]
    row_number: int
    of_subjects: bool
    run: RunInWords

    @property
    def single(self) -> Divided | None:
        """Return the divided case if it is the only case of the page, else None."""
        return self.divided[0] if self.number == 1 and self.divided else None

    def shares_of(self, case: Divided) -> tuple[Share, ...]:
        """Return the subjects of a divided case by verdict."""
        return shares(case.verdicts)


@dataclass(slots=True)
class _Rule:
    titles: Sequence[str]
    kinds: Sequence[str]
    severity: RuleSeverity
    outcomes: Counter[Outcome] = field(default_factory=Counter)


@dataclass(slots=True)
class _Field:
    kinds: Sequence[str]
    labels: Sequence[str]
    shown: dict[object, Sequence[str]] = field(default_factory=dict)
    verdicts: Counter[tuple[object, Verdict]] = field(default_factory=Counter)
    is_told: bool = True


class Portfolio:
    """Collects cases in all languages, and writes their page."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self.languages = tuple(languages)
        self.compacted = Compacted(languages)
        self.verdicts: Counter[Verdict] = Counter()
        self._rules: dict[str, _Rule] = {}
        self._fields: dict[tuple[str, str], _Field] = {}
        self._rulebooks: dict[str, Sequence[RulebookIdentity]] = {}
        self._divided: list[Sequence[Divided]] = []
        self._more_divided = 0
        self._of_cases = False
        self._subjects: Counter[Verdict] = Counter()
        self._rows: dict[Verdict, list[Sequence[PortfolioRow]]] = {verdict: [] for verdict in WORST_FIRST}

    def add(self, told: Mapping[Language, Explanation]) -> None:
        """Add a case in all languages. A case with many subjects is divided into rows of subjects."""
        cases = [told[language] for language in self.languages]
        self.verdicts[cases[0].verdict] += 1
        self._subjects.update(subject.verdict for subject in cases[0].subjects)
        if len(cases[0].subjects) > MOST_SUBJECTS:
            self._divide(cases)
        else:
            self._of_cases = True
            self.compacted.add(told)
            self._add_row(cases, of_subject=False)
        digest = cases[0].rulebook.digest
        if digest not in self._rulebooks:
            self._rulebooks[digest] = [case.rulebook for case in cases]
        labels = {subject.kind: number for number, subject in enumerate(cases[0].subjects)}
        for number, finding in enumerate(cases[0].findings):
            rule = self._rules.get(finding.rule)
            if rule is None:
                at = labels[finding.kind]
                kinds = [case.subjects[at].kind_label for case in cases]
                titles = [case.findings[number].title for case in cases]
                rule = self._rules[finding.rule] = _Rule(titles, kinds, finding.severity)
            rule.outcomes[finding.outcome] += 1
        for number, subject in enumerate(cases[0].subjects):
            for at, fact in enumerate(subject.facts):
                if _is_countable(fact):
                    self._count(subject.kind, fact, subject.verdict, [case.subjects[number] for case in cases], at)

    def _divide(self, cases: Sequence[Explanation]) -> None:
        if len(self._divided) < MOST_LISTED:
            words = [WORDS[language] for language in self.languages]
            self._divided.append([divided(case, said) for case, said in zip(cases, words, strict=True)])
        else:
            self._more_divided += 1
        named = [Named.of(case) for case in cases]
        for parts in zip(*map(subjects_of, cases), strict=True):
            self.compacted.add(dict(zip(self.languages, parts, strict=True)), named)
            self._add_row(parts, of_subject=True)

    def _add_row(self, told: Sequence[Explanation], *, of_subject: bool) -> None:
        rows = self._rows[told[0].verdict]
        if len(rows) < _MOST_ROWS:
            rows.append([_row(one, of_subject=of_subject) for one in told])

    def _count(
        self, kind: str, fact: StatedFact, verdict: Verdict, subjects: Sequence[ExplainedSubject], at: int
    ) -> None:
        counted = self._fields.get((kind, fact.field))
        if counted is None:
            facts = [subject.facts[at] for subject in subjects]
            kinds = [subject.kind_label for subject in subjects]
            counted = self._fields[kind, fact.field] = _Field(kinds, [one.label for one in facts])
        if not counted.is_told:
            return
        if fact.value not in counted.shown:
            if len(counted.shown) == _MOST_VALUES:
                counted.is_told = False
                return
            counted.shown[fact.value] = [subject.facts[at].shown for subject in subjects]
        counted.verdicts[fact.value, verdict] += 1

    def page(self, run: Run, templates: Path | None = None) -> str | Diagnostic:
        """Return the page, or the diagnostic of a user's template."""
        found = templates_in(templates)
        if isinstance(found, Diagnostic):
            return found
        reports = [self._in_words(number, WORDS[one], run) for number, one in enumerate(self.languages)]
        variables = {"reports": reports, "data": Markup(self._data()), "Verdict": Verdict, "severities": RuleSeverity}
        scripts = [found.file(script) for script in _SCRIPTS]
        return write_page(found, "portfolio.html.j2", reports[0].words, variables, scripts)

    def _in_words(self, number: int, words: Words, run: Run) -> PortfolioInWords:
        return PortfolioInWords(
            words,
            self.verdicts.total(),
            shares(self.verdicts),
            tuple(verdict for verdict in WORST_FIRST if self._subjects[verdict] or self.verdicts[verdict]),
            {outcome: tuple(self._rule_lines(outcome, number)) for outcome in SHOWN_OUTCOMES},
            tuple(self._charts(number)),
            tuple(identities[number] for identities in self._rulebooks.values()),
            tuple(cases[number] for cases in self._divided),
            self._more_divided,
            tuple(row[number] for verdict in WORST_FIRST for row in self._rows[verdict])[:_MOST_ROWS],
            len(self.compacted.cases),
            not self._of_cases,
            run_in_words(run, words.language),
        )

    def _rule_lines(self, outcome: Outcome, number: int) -> Iterable[RuleLine]:
        lines = [(name, rule) for name, rule in self._rules.items() if rule.outcomes[outcome]]
        most = max((rule.outcomes[outcome] for _, rule in lines), default=1)
        for name, rule in sorted(lines, key=lambda line: -line[1].outcomes[outcome]):
            times = rule.outcomes[outcome]
            yield RuleLine(
                name, rule.titles[number], rule.kinds[number], rule.severity, times, _hundredths(times, most)
            )

    def _charts(self, number: int) -> Iterable[FieldChart]:
        for counted in self._fields.values():
            if not counted.is_told or len(counted.shown) < 2:
                continue
            lines = []
            for value, shown in counted.shown.items():
                verdicts = Counter({verdict: counted.verdicts[value, verdict] for verdict in Verdict})
                lines.append(ValueLine(shown[number], verdicts.total(), shares(verdicts)))
            lines.sort(key=lambda line: -line.number)
            yield FieldChart(counted.kinds[number], counted.labels[number], tuple(lines))

    def _data(self) -> str:
        words = {language.value: _for_script(WORDS[language]) for language in self.languages}
        several = int(self.verdicts.total() > 1)
        languages = [one.value for one in self.languages]
        whole = {"languages": languages, "words": words, "several": several, **self.compacted.data()}
        written = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        # escape the characters that could end the script element
        return escape_unusual(written).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _row(one: Explanation, *, of_subject: bool) -> PortfolioRow:
    deciding, noted = reason(one), advice(one)
    found = deciding or noted
    subject = one.subjects[0] if of_subject else None
    return PortfolioRow(
        one.case if subject is None else subject.ref,
        None if subject is None else subject.kind_label,
        one.case,
        one.verdict,
        None if noted is None else noted.severity,
        "" if found is None else found.message,
    )


def shares(verdicts: Mapping[Verdict, int]) -> tuple[Share, ...]:
    """Return the segments of a bar, the worst verdict first."""
    total = sum(verdicts.values())
    found, start = [], 0.0
    for verdict in WORST_FIRST:
        number = verdicts.get(verdict, 0)
        if number:
            width = _hundredths(number, total)
            found.append(Share(verdict, number, round(start, 2), width))
            start += width
    return tuple(found)


def _hundredths(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)


def _is_countable(fact: StatedFact) -> bool:
    """Return whether a chart can count the values of a fact: a choice, a yes/no or a text."""
    return not isinstance(fact.value, Absent) and isinstance(fact.value, bool | str) and bool(fact.shown)


def _for_script(words: Words) -> Mapping[str, object]:
    """Return the words for the page's script, with lists in the order of their numbers in the data."""
    locale, formats = words.language.locale, FORMATS[words.language]
    severities = [words.severities[severity] for severity in SEVERITIES]
    return {
        "tag": words.language.tag,
        "date": formats.date_pattern,
        "months": list(get_month_names("wide", locale=locale).values()),
        "verdicts": [words.verdicts[verdict] for verdict in VERDICTS],
        "outcomes": [words.outcome_headings[outcome] for outcome in OUTCOMES],
        "leads": [words.outcome_leads.get(outcome, "") for outcome in OUTCOMES],
        "severities": severities,
        "truths": [words.truths[truth] for truth in TRUTHS],
        "telling": [OUTCOMES.index(outcome) for outcome in SHOWN_OUTCOMES],
        "calling": [OUTCOMES.index(outcome) for outcome in REMEDY_OUTCOMES],
        "evidence": [OUTCOMES.index(outcome) for outcome in EVIDENCE_OUTCOMES],
        "between": words.list_mark,
        "label_mark": words.label_mark,
        "empty": words.empty,
        "not_stated": words.not_stated,
        "derived": words.derived,
        "no_place": words.no_place,
        "updated": words.updated,
        "instead": words.instead,
        "checked": words.checked,
        "all_verdicts": words.all_verdicts,
        "all_rules": words.all_rules,
        "sentence_space": words.sentence_space,
        "rows": dict(words.rows.forms),
        "sentences": [words.ready, "", words.undecided, words.not_applicable],
        "subject_not_applicable": words.subject_not_applicable,
        "case": words.case,
        "all_kinds": words.all_kinds,
        "blocked": dict(words.blocked.forms),
        "other_points": dict(words.other_points.forms),
        "also_missing": dict(words.also_missing.forms),
        "gaps": dict(words.gaps.forms),
        "not_complete": words.not_complete,
        "not_covered": words.not_covered,
        "covered_by": words.covered_by,
        "covered_nowhere": words.covered_nowhere,
        "needed_by": words.needed_by,
        "maybe_needed_by": words.maybe_needed_by,
        "of_rows": words.of_rows,
        "no_rows": words.no_rows,
        "search_hint": words.search_hint,
    }
