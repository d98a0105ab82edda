"""Explanations as Markdown for tickets: the verdict, a checklist, the reasons and the missing facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rulewright.model.explanation import Explanation, Finding, SourcePlace
from rulewright.model.fixes import Fixes
from rulewright.model.outcomes import Outcome
from rulewright.model.run import Run
from rulewright.render.arrange import (
    EVIDENCE_OUTCOMES,
    REMEDY_OUTCOMES,
    SHOWN_OUTCOMES,
    Arranged,
    Placed,
    arranged,
    count_verdicts,
    first,
    places,
    remaining_steps,
)
from rulewright.render.clean import web_address
from rulewright.render.markdown_text import code, escaped, link
from rulewright.render.runs import RunInWords, run_in_words
from rulewright.render.words import ENGLISH, Words


def write_markdown(
    explanations: Sequence[Explanation],
    *,
    run: Run,
    words: Words = ENGLISH,
    fixes: Sequence[Fixes | None] = (),
    everything: bool = False,
) -> str:
    """Return cases as CommonMark without HTML, which GitHub, GitLab and most others render.

    `fixes` has the smallest changes of each case, or None without a search. Long lists are cut, with the number of
    omitted items; `everything` writes them in full.
    """
    about = run_in_words(run, words.language)
    parts = [f"{line}\n" for line in _incomplete(about)]
    if len(explanations) != 1:
        told = [words.verdict_counts[verdict].of(number) for verdict, number in count_verdicts(explanations)]
        head = f"# {words.cases.of(len(explanations))}\n"
        parts.append(f"{head}\n{words.list_mark.join(told)}{words.stop}\n" if told else head)
    level = 1 if len(explanations) == 1 else 2
    changes = fixes or [None] * len(explanations)
    parts += [
        "\n".join(_Case(arranged(one, words), words, level, found, everything).lines()) + "\n"
        for one, found in zip(explanations, changes, strict=True)
    ]
    parts.append("\n".join(_details(about, words)) + "\n")
    return "\n".join(parts)


def _incomplete(run: RunInWords) -> Iterator[str]:
    """Yield the warning lines of a report that does not cover all rows."""
    if run.incomplete is None:
        return
    yield f"> **{escaped(run.incomplete)}**{run.space}{escaped(run.account)}"
    if run.rejects:
        yield "\n".join(f"> - {escaped(message)}" for message, _ in run.rejects)
    if run.more is not None:
        yield f"> {escaped(run.more)}"


def _details(run: RunInWords, words: Words) -> Iterator[str]:
    yield f"## {escaped(run.heading)}"
    yield ""
    yield from (f"- {label}{words.label_mark}{escaped(value)}" for label, value in run.details)


class _Case:
    """Writes the Markdown of one case."""

    def __init__(self, case: Arranged, words: Words, level: int, fixes: Fixes | None, everything: bool) -> None:
        self.case = case
        self.fixes = fixes
        self.words = words
        self.level = level
        self.everything = everything

    def lines(self) -> Iterator[str]:
        explanation, words = self.case.explanation, self.words
        yield f"{'#' * self.level} {self.labelled(words.verdicts[explanation.verdict], escaped(explanation.case))}"
        yield ""
        yield escaped(words.sentence_space.join(self.case.sentences))
        if not explanation.rulebook.complete:
            yield ""
            yield escaped(words.not_complete.format(edition=explanation.rulebook.edition))
        yield from self.steps()
        for outcome in SHOWN_OUTCOMES:
            yield from self.findings(outcome)
            if outcome is Outcome.UNKNOWN:
                yield from self.uncovered()
        yield from self.missing()
        if explanation.notices:
            yield from self.heading(words.notices)
            written, more = first(explanation.notices, self.everything)
            yield from (f"- {escaped(notice)}" for notice in written)
            yield from self.more(more)
        yield from self.basis()

    def heading(self, text: str) -> Iterator[str]:
        yield ""
        yield f"{'#' * (self.level + 1)} {text}"
        yield ""

    def steps(self) -> Iterator[str]:
        """Yield the changes to make and the facts to find out, each with a checkbox."""
        steps = remaining_steps(self.case, self.fixes)
        if not steps and not self.case.explanation.missing and self.fixes is None:
            return
        yield from self.heading(self.words.what_to_do)
        if self.fixes is not None:
            yield from self.changes(self.fixes)
        shown, more_steps = first(steps, self.everything)
        missing, more_missing = first(self.case.explanation.missing, self.everything)
        for step in shown:
            text = escaped(step.text)
            yield f"- [ ] {text if step.has_remedy else text + self.words.sentence_space + self.words.no_remedy}"
        yield from self.more(more_steps)
        for fact in missing:
            yield f"- [ ] {self.labelled(self.words.find_out, escaped(fact.ask))} ({self.about(fact.kind, fact.ref)})"
        yield from self.more(more_missing)

    def more(self, number: int) -> Iterator[str]:
        if number:
            yield f"- {self.words.more_with_all.of(number)}"

    def changes(self, fixes: Fixes) -> Iterator[str]:
        """Yield the smallest changes, or the facts that prevent them."""
        yield escaped(fixes.summary)
        yield ""
        for part in fixes.parts:
            if part.answers:
                yield f"- [ ] {escaped(part.answers[0].sentence)}"
            for unmet in part.unsolvable:
                yield f"- {escaped(unmet.rule.message)}{self.words.sentence_space}{escaped(unmet.why)}"
            facts = part.obstacles[0] if part.obstacles else ()
            for fact in facts:
                yield f"- {escaped(fact.sentence)}"
            rules = [*(unmet.rule for unmet in part.unsolvable), *(rule for fact in facts for rule in fact.violates)]
            for remedy in dict.fromkeys(rule.remedy for rule in rules if rule.remedy is not None):
                yield f"- [ ] {escaped(remedy)}"
            for limit in part.limits:
                yield f"- {escaped(limit)}"
        if fixes.leave_out is not None:
            yield f"- [ ] {escaped(fixes.leave_out.sentence)}"

    def findings(self, outcome: Outcome) -> Iterator[str]:
        found = self.case.findings[outcome]
        if found:
            yield from self.heading(self.words.outcome_headings[outcome])
            written, more = first(found, self.everything)
            for placed in written:
                yield from self.finding(placed.finding)
            yield from self.more(more)

    def finding(self, finding: Finding) -> Iterator[str]:
        severity = self.words.severities[finding.severity]
        yield f"- **{severity}** · {self.about(finding.kind, finding.ref)} · {escaped(finding.title)}"
        yield ""
        yield f"  {escaped(finding.message)}"
        yield ""
        if finding.remedy is not None and finding.outcome in REMEDY_OUTCOMES:
            yield f"  - {self.labelled(self.words.to_do, escaped(finding.remedy))}"
        for source in finding.sources:
            yield f"  - {self.labelled(self.words.source, self.source(source))}"
        if stated := places(finding):
            yield f"  - {self.labelled(self.words.stated_at, self.words.list_mark.join(map(code, stated)))}"

    def source(self, source: SourcePlace) -> str:
        title = link(source.title, web_address(source.url))
        return title if source.section is None else f"{title}{self.words.list_mark}{escaped(source.section)}"

    def uncovered(self) -> Iterator[str]:
        for number, gap in enumerate(self.case.uncovered):
            if not number:
                yield from self.heading(self.words.not_covered)
            phrase = self.words.covered_nowhere if gap.covered_by is None else self.words.covered_by
            yield f"- {escaped(f'{gap.what[:1].upper()}{gap.what[1:]}')}"
            yield ""
            yield f"  {phrase.format(edition=gap.covered_by)}"
            yield ""
            for label, found in (
                (self.words.needed_by, gap.needed_by),
                (self.words.maybe_needed_by, gap.maybe_needed_by),
            ):
                if found:
                    written, more = first(found, self.everything)
                    yield f"  - {self.labelled(label, self.words.list_mark.join(map(self.who, written)))}"
                    yield from (f"  {line}" for line in self.more(more))

    def who(self, placed: Placed) -> str:
        return self.about(placed.finding.kind, placed.finding.ref)

    def missing(self) -> Iterator[str]:
        written, more = first(self.case.explanation.missing, self.everything)
        for number, fact in enumerate(written):
            if not number:
                yield from self.heading(self.words.missing)
            name = "" if fact.field is None else f" · {escaped(fact.label)}"
            yield f"- {self.about(fact.kind, fact.ref)}{name}"
            yield ""
            yield f"  {escaped(fact.ask)}"
            yield ""
            if fact.note is not None:
                yield f"  - {self.labelled(self.words.note, escaped(fact.note))}"
            if fact.instead is not None:
                yield f"  - {self.words.instead.format(field=code(fact.instead))}"
            if titles := self.case.titles(fact):
                yield f"  - {self.labelled(self.words.needed_for, escaped(self.words.part_mark.join(titles)))}"
        yield from self.more(more)

    def basis(self) -> Iterator[str]:
        """Yield the counts of the evidence, and the identity of the rulebook and the engine."""
        explanation, words = self.case.explanation, self.words
        told = [
            words.outcome_counts[outcome].of(len(self.case.findings[outcome]))
            for outcome in EVIDENCE_OUTCOMES
            if self.case.findings[outcome]
        ]
        yield from self.heading(words.basis)
        if told:
            yield f"- {self.labelled(words.looked_at, words.list_mark.join(told))}"
        yield f"- {self.labelled(words.rulebook, code(explanation.rulebook.name))}"
        yield f"- {self.labelled(words.edition, str(explanation.rulebook.edition))}"
        yield f"- {self.labelled(words.as_of, str(explanation.as_of))}"
        yield f"- {self.labelled(words.digest, code(explanation.rulebook.digest))}"
        yield f"- {self.labelled(words.engine, escaped(explanation.engine))}"

    def labelled(self, label: str, text: str) -> str:
        return f"{label}{self.words.label_mark}{text}"

    def about(self, kind: str, ref: str) -> str:
        return f"{escaped(self.case.kind(kind))} {code(ref)}".strip()
