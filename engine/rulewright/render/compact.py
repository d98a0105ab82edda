"""Compact data of many explanations for one page: shared content is stored once, and each case adds its values.

A text is stored as a pattern in every language: characters of Unicode's private use area stand for the values of the
case. Cases that differ only in these values share a situation. A filled-in pattern is exactly the original text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from babel.dates import get_month_names

from rulewright.caches import Remembered
from rulewright.diagnostics import Span
from rulewright.model.explanation import (
    ExplainedSubject,
    ExplainedTest,
    Explanation,
    Finding,
    MissingFact,
    SourcePlace,
    StatedFact,
)
from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Absent, Truth
from rulewright.render.clean import MARK, clean, web_address
from rulewright.text_environment import FORMATS

#: The numbers of a text, and its pattern in each language: one text, or parts with dates between them.
_Split: TypeAlias = "tuple[tuple[str, ...], tuple[str | tuple[str | date, ...], ...]]"
Compact: TypeAlias = "str | int | Sequence[Compact]"

#: First placeholders of a pattern: for a number of the text, for a value of the case, and for a date of the case.
NUMBER, VALUE, DATE = 0xE000, 0xE400, 0xF000
_MOST = 0x400
_OWN = re.compile("[\ue000-\uf8ff]")
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
#: Minimum length of a replaced value. Shorter values occur by chance in other words.
_SHORTEST = 3

VERDICTS, OUTCOMES, SEVERITIES = list(Verdict), list(Outcome), list(RuleSeverity)
TRUTHS: Sequence[Truth | None] = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, None)
#: Codes in place of a place: not stated, derived from the rulebook, or without a place.
NOT_STATED, DERIVED, NO_PLACE = -1, -2, -3


class Compacted:
    """Collects the content of many cases in several languages. Each case is added once, in all languages."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self.languages = tuple(languages)
        self.texts = _Numbered()
        self.rules = _Numbered()
        self.tests = _Numbered()
        self.findings = _Numbered()
        self.facts = _Numbered()
        self.missing = _Numbered()
        self.rulebooks = _Numbered()
        self.situations = _Numbered()
        self.cases: list[str] = []
        self.situation_of: list[int] = []
        self.patterns = {
            language: re.compile(f"(?P<date>{_date_pattern(language)})|(?P<number>{_NUMBER})") for language in languages
        }
        # without their names, cases of one situation have mostly the same texts
        self.split: Remembered[tuple[bool | str, ...], _Split] = Remembered(self._split)
        self.rules_of: dict[tuple[str, str, bool], int] = {}

    def add(self, told: Mapping[Language, Explanation], named: Sequence[Named] | None = None) -> None:
        """Add a case. For a single subject of a case, `named` has the names of the whole case."""
        cases = [told[language] for language in self.languages]
        case = _Case(self, cases, named or [Named.of(one) for one in cases], of_subject=named is not None)
        situation = case.situation()
        self.cases.append(case.line())
        self.situation_of.append(self.situations.number(situation))

    def data(self) -> Mapping[str, Compact]:
        """Return the collected data, as the script of the page reads it."""
        kept = {
            name: getattr(self, name).items
            for name in ("texts", "rules", "tests", "findings", "facts", "missing", "rulebooks", "situations")
        }
        return {**kept, "cases": self.cases, "situation": self.situation_of}

    def _split(self, key: tuple[bool | str, ...]) -> _Split:
        """Return the numbers in a text and its pattern in each language, split at dates."""
        numbers, *texts = key
        found: list[str] = []
        patterns: list[str | tuple[str | date, ...]] = []
        for language, text in zip(self.languages, texts, strict=True):
            assert isinstance(text, str), "texts follow the number"
            used: set[int] = set()
            parts: list[str | date] = []
            end = 0
            for match in self.patterns[language].finditer(text):
                parts.append(text[end : match.start()])
                end = match.end()
                day = _day(match[0], language) if match["date"] else None
                parts.append(day or (match[0] if match["date"] or not numbers else _number(match[0], found, used)))
            parts.append(text[end:])
            dated = any(isinstance(part, date) for part in parts)
            patterns.append(tuple(parts) if dated else "".join(map(str, parts)))
        return tuple(found), tuple(patterns)


def _number(text: str, found: list[str], used: set[int]) -> str:
    """Return the placeholder of a number: of its first unused occurrence in `found`, or a new one."""
    same = [at for at, number in enumerate(found) if number == text]
    at = next((at for at in same if at not in used), same[0] if same else len(found))
    if at == len(found):
        found.append(text)
    used.add(at)
    return chr(NUMBER + at) if at < _MOST else text


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a case's rules and kinds in one language."""

    titles: Mapping[str, str]
    kinds: Mapping[str, str]

    @classmethod
    def of(cls, case: Explanation) -> Named:
        """Return the names of a case."""
        return cls(
            {finding.rule: finding.title for finding in case.findings},
            {subject.kind: subject.kind_label for subject in case.subjects},
        )


class _Numbered:
    """Distinct items, numbered in the order of their first use."""

    def __init__(self) -> None:
        self.items: list[Compact] = []
        self._numbers: dict[Compact, int] = {}

    def number(self, item: Compact) -> int:
        """Return the number of an item. A new item gets the next number."""
        found = self._numbers.get(item)
        if found is None:
            found = self._numbers[item] = len(self.items)
            self.items.append(item)
        return found


class _Case:
    """One case under construction, with its values in the order of their first use."""

    def __init__(
        self, kept: Compacted, told: Sequence[Explanation], named: Sequence[Named], *, of_subject: bool
    ) -> None:
        self.kept = kept
        self.told = told
        self.of_subject = of_subject
        self.values: dict[str, int] = {}
        self.numbers: list[str] = []
        own = told[0]
        self.line_number: int | None = None
        known = [subject.ref for subject in own.subjects]
        known += [
            fact.value
            for subject in own.subjects
            for fact in subject.facts
            if isinstance(fact.value, str) and fact.value == fact.shown
        ]
        # the longest first, so that a name inside another name is not replaced first
        self.known = sorted({clean(text) for text in known if len(text) >= _SHORTEST}, key=len, reverse=True)
        self.known = [name for name in self.known if not _OWN.search(name)]
        self.titles = [one.titles for one in named]
        self.kinds = [one.kinds for one in named]

    def line(self) -> str:
        """Return the name of the case, its values and its numbers, as one text."""
        return "\n".join(("\t".join((clean(self.told[0].case), *self.values)), "\t".join(self.numbers)))

    def situation(self) -> Compact:
        """Return the content that the case shares with other cases."""
        told = self.told[0]
        subjects = tuple(self._subject(number) for number in range(len(told.subjects)))
        findings = tuple(self._finding(number) for number in range(len(told.findings)))
        missing = tuple(self._missing(number) for number in range(len(told.missing)))
        numbers = {len(one.notices) for one in self.told}
        notices = tuple(self._text([one.notices[number] for one in self.told]) for number in range(min(numbers)))
        return (
            VERDICTS.index(told.verdict),
            self._rulebook(),
            self._value(told.as_of.isoformat()),
            subjects,
            findings,
            missing,
            notices,
            int(self.of_subject),
        )

    def _rulebook(self) -> int:
        book, engine = self.told[0].rulebook, self.told[0].engine
        title = self._words([one.rulebook.title for one in self.told])
        item = (clean(book.name), title, str(book.edition), clean(book.digest), int(book.complete), clean(engine))
        return self.kept.rulebooks.number(item)

    # --- parts ---

    def _subject(self, number: int) -> Compact:
        told = [one.subjects[number] for one in self.told]
        one = told[0]
        facts = tuple(self._fact(told, at) for at in range(len(one.facts)))
        label = self._words([each.kind_label for each in told])
        return (clean(one.kind), label, self._value(clean(one.ref)), VERDICTS.index(one.verdict), facts)

    def _fact(self, subjects: Sequence[ExplainedSubject], number: int) -> int:
        facts: list[StatedFact] = [subject.facts[number] for subject in subjects]
        fact = facts[0]
        at = self._place(fact.at, fact.value, fact.derived)
        label, shown = self._words([one.label for one in facts]), self._text([one.shown for one in facts])
        return self.kept.facts.number((clean(fact.field), label, shown, at))

    def _finding(self, number: int) -> int:
        told: list[Finding] = [one.findings[number] for one in self.told]
        finding = told[0]
        message = self._text([one.message for one in told])
        remedies = [one.remedy for one in told if one.remedy is not None]
        remedy = self._text(remedies) if len(remedies) == len(told) else -1
        tests = tuple(self._test([one.tests[at] for one in told]) for at in range(len(finding.tests)))
        ref = self._value(clean(finding.ref))
        outcome = OUTCOMES.index(finding.outcome)
        gap = 0 if finding.gap is None else 2 if finding.gap.sure else 1
        return self.kept.findings.number((self._rule(told), ref, outcome, message, remedy, tests, gap))

    def _rule(self, told: Sequence[Finding]) -> int:
        # a finding shows its gap only if the gap leaves it unknown, so both forms need an entry
        key = (self.told[0].rulebook.digest, told[0].rule, told[0].gap is None)
        found = self.kept.rules_of.get(key)
        if found is None:
            found = self.kept.rules_of[key] = self._new_rule(told)
        return found

    def _new_rule(self, told: Sequence[Finding]) -> int:
        finding, gap = told[0], told[0].gap
        lacking: Compact = ()
        if gap is not None:
            whats = [one.gap.what for one in told if one.gap is not None]
            lacking = (self._words(whats), "" if gap.covered_by is None else gap.covered_by.isoformat())
        return self.kept.rules.number(
            (
                clean(finding.rule),
                self._words([one.title for one in told]),
                self._words([labels.get(finding.kind, finding.kind) for labels in self.kinds]),
                SEVERITIES.index(finding.severity),
                tuple(self._source([one.sources[at] for one in told]) for at in range(len(finding.sources))),
                lacking,
            )
        )

    def _source(self, told: Sequence[SourcePlace]) -> Compact:
        first = told[0]
        return (
            self._words([one.title for one in told]),
            self._words([one.section or "" for one in told]),
            self._words([one.publisher or "" for one in told]),
            "" if first.updated is None else first.updated.isoformat(),
            web_address(first.url) or "",
            tuple(self._words([one.says[at] for one in told]) for at in range(len(first.says))),
        )

    def _test(self, told: Sequence[ExplainedTest]) -> int:
        test = told[0]
        words = self._text([one.test for one in told], numbers=False)
        shown = self._text([one.shown for one in told])
        at = self._place(test.at, test.value, False)
        return self.kept.tests.number((words, TRUTHS.index(test.truth), shown, at))

    def _missing(self, number: int) -> int:
        told: list[MissingFact] = [one.missing[number] for one in self.told]
        fact = told[0]
        needed = tuple(self._words([each.get(rule, rule) for each in self.titles]) for rule in fact.needed_by)
        item = (
            self._words([each.get(fact.kind, fact.kind) for each in self.kinds]),
            self._value(clean(fact.ref)),
            clean(fact.field or ""),
            self._words([one.label for one in told]),
            self._text([one.ask for one in told], numbers=False),
            self._words([one.note or "" for one in told]),
            clean(fact.instead or ""),
            needed,
        )
        return self.kept.missing.number(item)

    # --- leaves ---

    def _value(self, text: str) -> int:
        return self.values.setdefault(text, len(self.values))

    def _place(self, at: Span | None, value: object, derived: bool) -> Compact:
        if at is None or not at.file:
            return DERIVED if derived else NOT_STATED if value is Absent.UNKNOWN else NO_PLACE
        if not at.line:  # the path of a Python value has no lines
            return (clean(at.file), self._value(""))
        # most facts of a case are on one line, so only the other facts repeat their line
        if self.line_number is None:
            self.line_number = at.line
            return (clean(at.file), self._value(f"{at.line}:{at.column}"))
        line = "" if at.line == self.line_number else at.line
        return (clean(at.file), self._value(f"{line}:{at.column}"))

    def _words(self, texts: Sequence[str]) -> int:
        """Return the number of a rulebook text, which is the same in all cases."""
        return self.kept.texts.number((0, *(_OWN.sub(MARK, clean(text)) for text in texts)))

    def _text(self, texts: Sequence[str], numbers: bool = True) -> int:
        """Return the number of the pattern of a text that contains values of the case."""
        found, patterns = self.kept.split[(numbers, *map(self._with_known, texts))]
        self.numbers += found
        filled = (pattern if isinstance(pattern, str) else "".join(map(self._part, pattern)) for pattern in patterns)
        return self.kept.texts.number((len(found), *filled))

    def _part(self, part: str | date) -> str:
        return part if isinstance(part, str) else self._slot(DATE, part.isoformat())

    def _with_known(self, text: str) -> str:
        """Return the text with placeholders for the known values of the case."""
        text = clean(text)
        # private use characters are not printable, and must not be mistaken for placeholders
        if not text.isprintable():
            text = _OWN.sub(lambda match: self._slot(VALUE, match[0]), text)
        for name in self.known:
            if name in text:
                text = text.replace(name, self._slot(VALUE, name))
        return text

    def _slot(self, of: int, value: str) -> str:
        number = self._value(value)
        if number < _MOST:
            return chr(of + number)
        return _OWN.sub(MARK, value)  # there are no more placeholders, so the value stays in the text


def _date_pattern(language: Language) -> str:
    months = "|".join(get_month_names("wide", locale=language.locale).values())
    return {
        Language.ENGLISH: rf"\d{{1,2}} (?:{months}) \d{{4}}",
        Language.CHINESE: r"\d{4}年\d{1,2}月\d{1,2}日",
    }[language]


def _day(text: str, language: Language) -> date | None:
    """Return the day that a text names, or None if it is not in the date format of its language."""
    try:
        if language is Language.CHINESE:
            year, month, day = (int(part) for part in re.findall(r"\d+", text))
        else:
            names = {name: number for number, name in get_month_names("wide", locale=language.locale).items()}
            first, name, last = text.split()
            year, month, day = int(last), names[name], int(first)
        found = date(year, month, day)
    except ValueError:
        return None
    return found if FORMATS[language].show(found) == text else None
