"""`rulewright check`: from case files to explained verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rulewright.batch.chunks import read_chunks
from rulewright.batch.exact import read_cases
from rulewright.batch.headers import read_header_of
from rulewright.batch.inputs import Input, find_inputs, input_format
from rulewright.batch.rows import Rows
from rulewright.catalogue import Catalogue, Chosen, cannot_be_read, find_rulebook
from rulewright.command.inputs import is_of_rows, read_date, read_languages, rows_for, today
from rulewright.command.outputs import tell, text_console, write_output
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.languages import Language
from rulewright.model.outcomes import Verdict
from rulewright.read.cases import read_case
from rulewright.read.documents import CaseDocument, told_apart

if TYPE_CHECKING:
    from rulewright.render.portfolio import Portfolio

# ruff: noqa: PLC0415  each format imports what it alone needs

FINE, NOT_READY, AT_FAULT = 0, 1, 2
#: A page of so many cases has them one after the other; of more, a table.
FEW = 12
_GOOD = (Verdict.READY, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A case with the program that judges it."""

    case: Case
    chosen: Chosen


def run_check(
    facts: Sequence[str],
    rulebook: str,
    edition: str | None,
    as_of: str | None,
    format_: str,
    output: str | None,
    engine: str,
    everything: bool,
    input_: str | None = None,
    rows: Rows | None = None,
    lang: str | None = None,
    templates: str | None = None,
) -> int:
    """Check the cases of the files and write one report of all; give the exit status.

    `rows` says how the rows of flat files state facts, where that is not left to the vocabulary; `lang` in which
    languages the report is, of which only a page can have several; `templates` is a folder of a user's own templates.
    """
    on, wanted = read_date(as_of, "--as-of"), read_date(edition, "--edition")
    found, read_as, languages = find_rulebook(rulebook), input_format(input_), read_languages(lang, format_)
    given = (on, wanted, found, read_as, languages, Judge.unavailable(engine))
    wrong = [item for item in given if isinstance(item, Diagnostic)]
    if (
        wrong
        or isinstance(on, Diagnostic)
        or isinstance(wanted, Diagnostic)
        or isinstance(found, Diagnostic)
        or isinstance(read_as, Diagnostic)
        or isinstance(languages, Diagnostic)
    ):
        tell(wrong)
        return AT_FAULT
    inputs, diagnostics = find_inputs(facts, read_as)
    catalogue = Catalogue(found)
    documents, more = _read(inputs, rows, catalogue, on or today(), wanted)
    diagnostics += more
    cases, more = _choose(documents, catalogue, on, wanted)
    diagnostics += more
    judges = _Judges(catalogue, engine, languages)
    told: dict[Language, list[Explanation]] = {}
    # a page of many cases keeps what they have in common once, and not all that is told of each
    portfolio: Portfolio | None = None
    verdicts: set[Verdict] = set()
    for position, judged in enumerate(cases):
        judge = judges.judge(judged.chosen.program, cases[position:])
        result = judge.result(judged.case)
        diagnostics += result.errors
        if result.verdict is not None:
            explained = {
                language: judge.explain(judged.case, result, judged.chosen.notices_in(language), language)
                for language in judges.languages
            }
            verdicts.add(result.verdict)
            if format_ == "html" and len(cases) > FEW:
                portfolio = portfolio or _portfolio(judges.languages)
                portfolio.add(explained)
                continue
            for language, one in explained.items():
                told.setdefault(language, []).append(one)
    diagnostics += judges.diagnostics
    tell(in_source_order(diagnostics))
    at_fault = has_errors(diagnostics)
    own = None if templates is None else Path(templates)
    if portfolio is not None:
        page = portfolio.page(own)
        failure = page if isinstance(page, Diagnostic) else write_output(page, output)
        if failure is not None:
            tell([failure])
            return AT_FAULT
    if told:
        # what programs read has one shape for one case, and does not get it from errors of the others
        several = at_fault or len(told[judges.languages[0]]) > 1
        failure = _write(told, format_, output, everything, several, own)
        if failure is not None:
            tell([failure])
            return AT_FAULT
    if at_fault:
        return AT_FAULT
    return FINE if all(verdict in _GOOD for verdict in verdicts) else NOT_READY


def _portfolio(languages: Sequence[Language]) -> Portfolio:
    from rulewright.render.portfolio import Portfolio

    return Portfolio(languages)


class _Judges:
    """The judges of the programs that were chosen, each of which explains in the same languages."""

    def __init__(self, catalogue: Catalogue, engine: str, languages: Sequence[Language]) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self.languages = list(languages)
        self.diagnostics: list[Diagnostic] = []
        self._judges: dict[str, Judge] = {}

    def judge(self, program: Program, cases: Sequence[_Judged]) -> Judge:
        """The judge of a program, which is given those of the cases that it is to judge together."""
        found = self._judges.get(program.digest)
        if found is None:
            self.languages = self.languages or list(self.catalogue.languages(program))
            found = self._judges[program.digest] = Judge(program, self.engine)
            for language in self.languages:
                rulebook, wrong = self.catalogue.translated(program, language)
                self.diagnostics += wrong
                found.speak(language, rulebook)
            found.add([other.case for other in cases if other.chosen.program is program])
        return found


def _read(
    inputs: Sequence[Input], rows: Rows | None, catalogue: Catalogue, day: date, edition: date | None
) -> tuple[list[CaseDocument], list[Diagnostic]]:
    documents: list[CaseDocument] = []
    diagnostics: list[Diagnostic] = []
    for source in inputs:
        kind = None
        if rows is not None or is_of_rows(source):
            chosen, _ = catalogue.choose(day, edition)
            if chosen is None:
                break  # which is told when an edition is chosen for a case, and here for none
            rows, wrong = rows_for(source, rows, chosen.program.rulebook)
            if wrong is not None:
                diagnostics.append(wrong)
                continue
            kind = chosen.program.rulebook.kinds[rows.kind] if rows is not None else None
        header = read_header_of(source, kind, rows)
        diagnostics += header.diagnostics
        if header.diagnostics:
            continue
        try:
            for chunk in read_chunks(source, header.start):
                for one in read_cases(chunk, rows if kind is not None else None, kind, header.columns):
                    diagnostics += one.diagnostics
                    documents += [one.document] if one.document is not None and not one.diagnostics else []
        except OSError as error:
            diagnostics.append(cannot_be_read(source.name, error.strerror or str(error)))
    sound, wrong_names = told_apart(documents)
    return sound, diagnostics + wrong_names


def _choose(
    documents: Sequence[CaseDocument], catalogue: Catalogue, on: date | None, edition: date | None
) -> tuple[list[_Judged], list[Diagnostic]]:
    cases: list[_Judged] = []
    of_rulebooks: dict[Diagnostic, None] = {}
    of_cases: list[Diagnostic] = []
    for document in documents:
        as_of = on or document.as_of or today()
        chosen, told = catalogue.choose(as_of, edition)
        if chosen is None:
            of_rulebooks.update((item, None) for item in told if has_errors([item]))
            continue
        case, wrong = read_case(document, chosen.program.rulebook, as_of)
        of_cases += wrong
        if case is not None:
            cases.append(_Judged(case, chosen))
    return cases, [*of_rulebooks, *of_cases]


def _write(
    told: Mapping[Language, Sequence[Explanation]],
    format_: str,
    output: str | None,
    everything: bool,
    several: bool,
    templates: Path | None,
) -> Diagnostic | None:
    language, explanations = next(iter(told.items()))
    if format_ == "json":
        from rulewright.render.json import write_json

        return write_output(write_json(explanations, several=several), output)
    if format_ == "html":
        from rulewright.render.html import write_html

        page = write_html(told, templates)
        return page if isinstance(page, Diagnostic) else write_output(page, output)
    from rulewright.render.text import print_text
    from rulewright.render.words import WORDS

    console, buffer = text_console(output)
    print_text(explanations, console, everything=everything, words=WORDS[language])
    return write_output(buffer.getvalue(), output, for_people=True)
