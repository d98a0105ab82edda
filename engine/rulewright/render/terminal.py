"""Explanations for the terminal: the verdict, its reasons, what to do and the missing facts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from rulewright.model.explanation import Explanation, Finding, MissingFact, SourcePlace
from rulewright.model.outcomes import Outcome
from rulewright.model.run import Run
from rulewright.model.values import Truth
from rulewright.render.arrange import (
    EVIDENCE_OUTCOMES,
    REMEDY_OUTCOMES,
    SHOWN_OUTCOMES,
    Arranged,
    arranged,
    count_verdicts,
    first,
    place,
    places,
)
from rulewright.render.clean import clean, web_address
from rulewright.render.marks import OUTCOME_STYLES, VERDICT_STYLES, encodable, mark
from rulewright.render.runs import run_in_words
from rulewright.render.words import ENGLISH, Words

#: Maximum line length. Longer lines are hard to read in any window.
_WIDEST = 100


def print_text(
    explanations: Sequence[Explanation],
    console: Console,
    *,
    everything: bool = False,
    words: Words = ENGLISH,
    run: Run | None = None,
) -> None:
    """Print the report of each case; with `everything` also the evidence and every condition.

    `run` is the run of a command that reads files, or None for an interview.
    """
    for number, explanation in enumerate(explanations):
        if number:
            console.print()
        _Case(arranged(explanation, words), console, words, everything).print()
    if len(explanations) > 1:
        told = [words.verdict_counts[verdict].of(number) for verdict, number in count_verdicts(explanations)]
        page = TextPage(console)
        page.gap()
        page.line(Text(words.cases.of(len(explanations)) + words.label_mark + words.list_mark.join(told), style="bold"))
        page.flush()
    if run is not None:
        print_run(run, console, words)


def print_run(run: Run, console: Console, words: Words = ENGLISH) -> None:
    """Print the rejected rows of a run, its account and its identity."""
    page, told = TextPage(console), run_in_words(run, words.language)
    page.gap()
    if told.notice is not None:
        page.line(Text(told.notice, style="bold red"))
        for message, help_ in told.rejects:
            page.line(Text(message), 2)
            if help_ is not None:
                page.line(Text(help_, style="dim"), 4)
        if told.more is not None:
            page.line(Text(told.more), 2)
        page.gap()
    for label, value in told.details:
        page.line(Text(f"{label}{words.label_mark}{value}", style="dim"))
    page.flush()


class TextPage:
    """Collects lines with a hanging indent and prints them in the console's encoding."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = max(20, min(console.width, _WIDEST))
        self.lines: list[Text] = []

    def line(self, text: Text, indent: int = 0, lead: Text | None = None) -> None:
        """Add a wrapped paragraph. `lead` is written into the indent of its first line."""
        wrapped = text.wrap(self.console, max(10, self.width - indent))
        for number, part in enumerate(wrapped or [text]):
            part.rstrip()
            whole = Text(" " * indent) if lead is None or number else lead.copy()
            whole.pad_right(max(0, indent - whole.cell_len))
            whole.append_text(part)
            whole.rstrip()
            self.lines.append(whole)

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append(Text())

    def flush(self) -> None:
        """Print all lines in one call, because each call of the console is slow."""
        whole = Text("\n").join(self.lines)
        whole.plain = self.encodable(whole.plain)
        self.console.print(whole, soft_wrap=True, highlight=False)
        self.lines.clear()

    def encodable(self, text: str) -> str:
        """Return the text with a question mark for each character outside the console's encoding."""
        return encodable(text, self.console)

    def mark(self, key: Outcome | Truth | None) -> str:
        """Return the mark of an outcome or a truth, in ASCII if the console's encoding lacks it."""
        return mark(key, self.console)


class _Case(TextPage):
    """Prints the report of one case."""

    def __init__(self, case: Arranged, console: Console, words: Words, everything: bool) -> None:
        super().__init__(console)
        self.case = case
        self.words = words
        self.everything = everything
        labels = (words.to_do, words.source, words.stated_at, words.note, words.needed_for, words.needed_by)
        self.label_width = max(cell_len(label) for label in labels) + 2

    def print(self) -> None:
        explanation = self.case.explanation
        head = Text(self.words.verdicts[explanation.verdict], style=VERDICT_STYLES[explanation.verdict])
        head.append("  ").append(clean(explanation.case), style="not bold default")
        self.line(head)
        self.line(Text(self.words.sentence_space.join(self.case.sentences)))
        if not explanation.rulebook.complete:
            self.line(Text(self.words.not_complete.format(edition=explanation.rulebook.edition)))
        for outcome in (*SHOWN_OUTCOMES, *EVIDENCE_OUTCOMES) if self.everything else SHOWN_OUTCOMES:
            self.findings(outcome)
            if outcome is Outcome.UNKNOWN:
                self.uncovered()
        self.missing(explanation.missing)
        self.notices(explanation.notices)
        self.counts()
        self.basis()
        self.flush()

    def heading(self, heading: str, style: str = "") -> None:
        self.gap()
        self.line(Text(heading, style=Style.parse("bold") + Style.parse(style)))

    def findings(self, outcome: Outcome) -> None:
        found = self.case.findings[outcome]
        if not found:
            return
        style = OUTCOME_STYLES.get(outcome, "")
        self.heading(self.words.outcome_headings[outcome], style)
        written, more = first(found, self.everything)
        for placed in written:
            self.finding(placed.finding, style)
        self.more(more)

    def more(self, number: int) -> None:
        if number:
            self.line(Text(self.words.more_with_all.of(number)), 4)

    def finding(self, finding: Finding, style: str) -> None:
        about = f"{self.case.kind(finding.kind)} {finding.ref}".strip()
        told = [self.words.severities[finding.severity], clean(about), clean(finding.title)]
        if finding.outcome in (Outcome.NOT_APPLICABLE, Outcome.SILENT, Outcome.CONCLUDED):
            del told[0]
        self.line(Text(f" {self.middle_dot()} ".join(told)), 4, Text(f"  {self.mark(finding.outcome)}", style=style))
        self.line(Text(clean(finding.message), style="bold" if finding.outcome in SHOWN_OUTCOMES else ""), 4)
        if finding.remedy is not None and finding.outcome in REMEDY_OUTCOMES:
            self.labelled(self.words.to_do, Text(clean(finding.remedy)))
        for number, source in enumerate(finding.sources):
            self.labelled("" if number else self.words.source, self.source(source))
        if self.everything:
            self.tests(finding)
        elif finding.outcome is Outcome.VIOLATED and (found := places(finding)):
            self.labelled(self.words.stated_at, Text(clean(", ".join(found))))

    def uncovered(self) -> None:
        """Write each gap in the edition once, with all subjects that need it."""
        for number, gap in enumerate(self.case.uncovered):
            if not number:
                self.heading(self.words.not_covered, "yellow")
            lead = Text(f"  {self.mark(Outcome.UNKNOWN)}", style="yellow")
            self.line(Text(clean(f"{gap.what[:1].upper()}{gap.what[1:]}"), style="bold"), 4, lead)
            phrase = self.words.covered_nowhere if gap.covered_by is None else self.words.covered_by
            self.line(Text(phrase.format(edition=gap.covered_by)), 4)
            for label, found in (
                (self.words.needed_by, gap.needed_by),
                (self.words.maybe_needed_by, gap.maybe_needed_by),
            ):
                if found:
                    written, more = first(found, self.everything)
                    kinds = groupby(written, key=lambda one: self.case.kind(one.finding.kind))
                    listed = self.words.list_mark
                    who = (f"{kind} {listed.join(one.finding.ref for one in ones)}" for kind, ones in kinds)
                    self.labelled(label, Text(clean(self.words.part_mark.join(who))))
                    self.more(more)

    def tests(self, finding: Finding) -> None:
        for test in finding.tests:
            told = clean(test.test) + self.words.label_mark + self.words.truths[test.truth].lower()
            if test.truth in (Truth.TRUE, Truth.FALSE) and test.shown:
                told += f" ({clean(test.shown)})"
            text = Text(told)
            at = place(test.at)
            if at is not None:
                text.append(f"  {clean(at)}", style="dim")
            self.line(text, 6, Text(f"    {self.mark(test.truth)}"))

    def source(self, source: SourcePlace) -> Text:
        address = web_address(source.url)
        text = Text(clean(source.title), style=Style(link=address))
        if source.section is not None:
            text.append(self.words.list_mark + clean(source.section), style=Style(link=None))
        return text

    def missing(self, missing: Sequence[MissingFact]) -> None:
        written, more = first(missing, self.everything)
        for number, fact in enumerate(written, 1):
            if number == 1:
                self.heading(self.words.missing, "yellow")
            about = f"{self.case.kind(fact.kind)} {fact.ref}".strip()
            name = "" if fact.field is None else f" {self.middle_dot()} {fact.label}"
            self.line(Text(clean(about + name)), 4, Text(f"  {self.mark(Outcome.UNKNOWN)}", style="yellow"))
            self.line(Text(clean(fact.ask), style="bold"), 4)
            if fact.note is not None:
                self.labelled(self.words.note, Text(clean(fact.note)))
            if fact.instead is not None:
                self.labelled("", Text(self.words.instead.format(field=f"`{clean(fact.instead)}`")))
            if titles := self.case.titles(fact):
                self.labelled(self.words.needed_for, Text(clean("; ".join(titles)), style="dim"))
        self.more(more)

    def notices(self, notices: Sequence[str]) -> None:
        written, more = first(notices, self.everything)
        for number, notice in enumerate(written):
            if not number:
                self.heading(self.words.notices)
            self.line(Text(clean(notice)), 4, Text("  -"))
        self.more(more)

    def counts(self) -> None:
        """Write one line with the counts of the evidence."""
        if self.everything:
            return
        told = [
            self.words.outcome_counts[outcome].of(len(self.case.findings[outcome]))
            for outcome in EVIDENCE_OUTCOMES
            if self.case.findings[outcome]
        ]
        if told:
            self.gap()
            self.line(
                Text(self.words.looked_at + self.words.label_mark + self.words.list_mark.join(told) + self.words.stop)
            )

    def basis(self) -> None:
        explanation = self.case.explanation
        edition = f"{self.words.edition.lower()} {explanation.rulebook.edition}"
        as_of = f"{self.words.as_of.lower()} {explanation.as_of}"
        told = (clean(explanation.rulebook.name), edition, as_of, clean(explanation.engine))
        self.gap()
        self.line(Text(f" {self.middle_dot()} ".join(told), style="dim"))

    def labelled(self, label: str, text: Text) -> None:
        if self.width < 3 * self.label_width:  # no room for two columns
            self.line(Text(label + self.words.label_mark if label else "", style="dim").append_text(text), 4)
        else:
            self.line(text, 4 + self.label_width, Text(f"    {label}", style="dim"))

    def middle_dot(self) -> str:
        return self.mark(Outcome.SILENT)
