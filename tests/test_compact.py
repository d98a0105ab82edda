"""Many explanations as small data: read back, every text is as it was, and what cases share is kept once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

import explanations as made
from rulewright import Span
from rulewright.model.explanation import Explanation
from rulewright.model.languages import Language
from rulewright.render.clean import MARK, clean
from rulewright.render.compact import DATE, DERIVED, NUMBER, VALUE, Compacted
from rulewright.text_environment import FORMATS

ENGLISH = (Language.ENGLISH,)


class Read:
    """A case read back, as the page's script reads it."""

    def __init__(self, kept: Compacted, number: int, language: int = 0) -> None:
        self.data = kept.data()
        self.language = language
        self.formats = FORMATS[kept.languages[language]]
        values, _, numbers = kept.cases[number].partition("\n")
        self.name, *self.values = values.split("\t")
        self.numbers = numbers.split("\t")
        self.at = 0
        situation = self.data["situations"][kept.situation_of[number]]  # type: ignore[index,call-overload]
        self.verdict, _, self.day, self.subjects, self.findings, self.missing, self.notices, _ = situation

    def text(self, number: int) -> str:
        if number < 0:
            return ""
        count, *patterns = self.data["texts"][number]  # type: ignore[index,misc]
        start, self.at = self.at, self.at + count

        def letter(match: re.Match[str]) -> str:
            code = ord(match[0])
            if code < VALUE:
                return self.numbers[start + code - NUMBER]
            if code < DATE:
                return self.values[code - VALUE]
            return self.formats.show(date.fromisoformat(self.values[code - DATE]))

        return re.sub("[\ue000-\uf3ff]", letter, patterns[self.language])

    def texts(self) -> list[str]:
        """The texts of a case in the order in which it is read."""
        told = []
        for _, label, ref, _, facts in self.subjects:
            told += [self.text(label), self.values[ref]]
            for fact in facts:
                _, name, shown, _ = self.data["facts"][fact]  # type: ignore[index,misc]
                told += [self.text(name), self.text(shown)]
        for finding in self.findings:
            rule, ref, _, message, remedy, tests, gap = self.data["findings"][finding]  # type: ignore[index,misc]
            *_, sources, lacking = self.data["rules"][rule]  # type: ignore[index,misc]
            told += [self.values[ref], self.text(message), self.text(remedy)]
            told += [self.text(title) for title, *_ in sources]
            told += [self.text(lacking[0]), lacking[1], "needed" if gap == 2 else "maybe"] if gap else []
            for test in tests:
                words, _, shown, _ = self.data["tests"][test]  # type: ignore[index,misc]
                told += [self.text(words), self.text(shown)]
        for missing in self.missing:
            kind, ref, _, label, ask, note, _, needed = self.data["missing"][missing]  # type: ignore[index,misc]
            told += [*map(self.text, (kind, label, ask, note)), *map(self.text, needed), self.values[ref]]
        return told + [self.text(notice) for notice in self.notices]


def expected(told: Explanation) -> list[str]:
    texts = []
    for subject in told.subjects:
        texts += [subject.kind_label, subject.ref]
        texts += [text for fact in subject.facts for text in (fact.label, fact.shown)]
    for finding in told.findings:
        texts += [finding.ref, finding.message, finding.remedy or "", *(source.title for source in finding.sources)]
        if finding.gap is not None:
            texts += [finding.gap.what, str(finding.gap.covered_by or ""), "needed" if finding.gap.sure else "maybe"]
        texts += [text for test in finding.tests for text in (test.test, test.shown)]
    titles = {finding.rule: finding.title for finding in told.findings}
    kinds = {subject.kind: subject.kind_label for subject in told.subjects}
    for fact in told.missing:
        texts += [kinds.get(fact.kind, fact.kind), fact.label, fact.ask, fact.note or ""]
        texts += [*(titles.get(rule, rule) for rule in fact.needed_by), fact.ref]
    return [clean(text) for text in (*texts, *told.notices)]


def compacted(*cases: Mapping[Language, Explanation], languages: Sequence[Language] = ENGLISH) -> Compacted:
    kept = Compacted(languages)
    for case in cases:
        kept.add(case)
    return kept


@pytest.mark.parametrize(
    "make",
    [made.not_ready, made.ready, made.needs_information, made.not_applicable, made.uncovered, made.hostile],
)
def test_a_case_is_read_back_as_it_was(make: object) -> None:
    told: Explanation = make()  # type: ignore[operator]
    kept = compacted({Language.ENGLISH: told})
    read = Read(kept, 0)
    assert read.texts() == expected(told)
    assert read.name == clean(told.case)
    assert read.values[read.day] == told.as_of.isoformat()


def saying(texts: Sequence[str], ref: str = "web-1") -> Explanation:
    case = made.ready()
    subject = replace(case.subjects[0], ref=ref)
    findings = tuple(replace(case.findings[0], ref=ref, message=text, tests=()) for text in texts)
    return replace(case, subjects=(subject,), findings=findings)


WORDS = st.text(
    st.one_of(
        st.sampled_from("0123456789,.-  web-1 \ue000\ue400\uf000\uf8ff\t\n\u202e"),
        st.characters(codec="utf-8"),
    ),
    max_size=12,
)
TEXTS = st.lists(
    st.one_of(
        WORDS, st.sampled_from(["1 November 2023", "31 February 2023", "2023年11月1日", "web-1 has 1,000 of 1 000"])
    ),
    max_size=6,
).map("".join)


@given(
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), st.sampled_from(["web-1", "1", "2023", "\ue000\ue400"])
)
def test_any_text_is_read_back_in_every_language(pairs: list[tuple[str, str]], ref: str) -> None:
    english, chinese = (saying([pair[at] for pair in pairs], ref) for at in (0, 1))
    both = {Language.ENGLISH: english, Language.CHINESE: chinese}
    kept = compacted(both, languages=(Language.ENGLISH, Language.CHINESE))
    for at, told in enumerate((english, chinese)):
        # letters of the private area in words of the rulebook have nothing to say, and are marked
        assert Read(kept, 0, at).texts() == expected(told)


def test_cases_that_differ_in_values_alone_share_everything_else() -> None:
    def case(ref: str, days: int, day: str, column: int) -> Explanation:
        told = saying([f"{ref} ends in {days} days, on {day}."], ref)
        subject = told.subjects[0]
        facts = (replace(subject.facts[0], at=Span("a.jsonl", days, column)),)
        return replace(told, case=f"case-{ref}", subjects=(replace(subject, facts=facts),))

    cases = [
        {Language.ENGLISH: case(f"i-{number:04d}", number, f"{1 + number % 28} May 2023", 10 + number)}
        for number in range(100)
    ]
    kept = compacted(*cases)
    assert len(kept.situations.items) == len(kept.findings.items) == 1
    assert [Read(kept, number).texts() for number in range(100)] == [expected(case[Language.ENGLISH]) for case in cases]


def test_a_value_that_follows_says_so() -> None:
    told = made.not_ready()
    kept = compacted({Language.ENGLISH: told})
    places = [fact[3] for fact in kept.facts.items]  # type: ignore[index]
    assert places.count(DERIVED) == 3


def test_private_letters_in_words_of_a_rulebook_are_marked() -> None:
    told = made.ready()
    told = replace(told, findings=(replace(told.findings[0], title="a\ue000b"),))
    kept = compacted({Language.ENGLISH: told})
    assert any(f"a{MARK}b" in text for text in kept.texts.items if isinstance(text, tuple))
