"""`rulewright check`: from case files to explained verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from rulewright.batch.chunks import DamagedInputError, read_chunks
from rulewright.batch.exact import Found, read_cases
from rulewright.batch.headers import read_header_of
from rulewright.batch.inputs import Input, find_inputs, input_format
from rulewright.batch.rows import Rows
from rulewright.batch.spool import Spool
from rulewright.batch.unpacking import Opener
from rulewright.catalogue import Catalogue, Chosen, find_rulebook
from rulewright.command.inputs import is_of_rows, read_date, rows_for
from rulewright.command.outputs import tell, text_console, write_output
from rulewright.dates import today
from rulewright.diagnostics import Diagnostic, Span, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.outcomes import Verdict
from rulewright.read.cases import read_case
from rulewright.read.documents import CaseDocument, told_apart

# ruff: noqa: PLC0415  each format imports what it alone needs

FINE, NOT_READY, AT_FAULT = 0, 1, 2
_GOOD = (Verdict.READY, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A case with the program that judges it."""

    case: Case
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of cases, and what is wrong with them or with what was asked."""

    explanations: list[Explanation]
    diagnostics: list[Diagnostic]


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
) -> int:
    """Check the cases of the files and write one report of all; give the exit status.

    `rows` says how the rows of flat files state facts, where that is not left to the vocabulary.
    """
    judged = judge_files(facts, rulebook, edition, as_of, engine, input_, rows, wholly=format_ == "json")
    explanations, diagnostics = judged.explanations, judged.diagnostics
    tell(in_source_order(diagnostics))
    at_fault = has_errors(diagnostics)
    if explanations:
        # what programs read has one shape for one case, and does not get it from errors of the others
        several = at_fault or len(explanations) > 1
        failure = _write(explanations, format_, output, everything, several)
        if failure is not None:
            tell([failure])
            return AT_FAULT
    if at_fault:
        return AT_FAULT
    return FINE if all(explanation.verdict in _GOOD for explanation in explanations) else NOT_READY


def judge_files(
    facts: Sequence[str],
    rulebook: str,
    edition: str | None,
    as_of: str | None,
    engine: str,
    input_: str | None = None,
    rows: Rows | None = None,
    *,
    wholly: bool = False,
) -> Judged:
    """The explanations of the cases of the files that have a verdict, with what is wrong with the others.

    `wholly` has each with the chain that it rests on.
    """
    cases, diagnostics = read_judged(facts, rulebook, edition, as_of, engine, input_, rows)
    judges: dict[str, Judge] = {}
    explanations: list[Explanation] = []
    for position, (case, chosen) in enumerate(cases):
        program = chosen.program
        judge = judges.get(program.digest)
        if judge is None:
            judge = judges[program.digest] = Judge(program, engine)
            judge.add([other for other, of in cases[position:] if of.program is program])
        result = judge.result(case)
        diagnostics += result.errors
        if result.verdict is not None:
            explain = judge.explain_wholly if wholly else judge.explain
            explanations.append(explain(case, result, chosen.notices))
    return Judged(explanations, diagnostics)


def read_judged(
    facts: Sequence[str],
    rulebook: str,
    edition: str | None,
    as_of: str | None,
    engine: str,
    input_: str | None = None,
    rows: Rows | None = None,
) -> tuple[list[tuple[Case, Chosen]], list[Diagnostic]]:
    """The cases of some files, each with the edition that judges it, and what is wrong with the words or the files."""
    on, wanted = read_date(as_of, "--as-of"), read_date(edition, "--edition")
    found, read_as = find_rulebook(rulebook), input_format(input_)
    wrong = [item for item in (on, wanted, found, read_as, Judge.unavailable(engine)) if isinstance(item, Diagnostic)]
    if (
        wrong
        or isinstance(on, Diagnostic)
        or isinstance(wanted, Diagnostic)
        or isinstance(found, Diagnostic)
        or isinstance(read_as, Diagnostic)
    ):
        return [], wrong
    inputs, diagnostics = find_inputs(facts, read_as)
    catalogue = Catalogue(found)
    documents, more = _read(inputs, rows, catalogue, on or today(), wanted)
    judged, still_more = _choose(documents, catalogue, on, wanted)
    return [(one.case, one.chosen) for one in judged], [*diagnostics, *more, *still_more]


def _read(
    inputs: Sequence[Input], rows: Rows | None, catalogue: Catalogue, day: date, edition: date | None
) -> tuple[list[CaseDocument], list[Diagnostic]]:
    with TemporaryDirectory(prefix="rulewright-") as folder:
        return _read_into(inputs, rows, catalogue, day, edition, Spool(Path(folder)))


def _read_into(
    inputs: Sequence[Input], rows: Rows | None, catalogue: Catalogue, day: date, edition: date | None, spool: Spool
) -> tuple[list[CaseDocument], list[Diagnostic]]:
    documents: list[CaseDocument] = []
    diagnostics: list[Diagnostic] = []
    opener = Opener()
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
        header = read_header_of(source, kind, rows, opener)
        diagnostics += header.diagnostics
        if header.diagnostics:
            continue
        found: list[Found] = []
        try:
            for chunk in read_chunks(source, header.start, opener):
                spooled = spool.put(chunk, header.columns)
                found += read_cases(spooled, rows if kind is not None else None, kind)
        except DamagedInputError as error:
            diagnostics.append(error.diagnostic)
        else:
            if not found:
                help_ = "a case has a key for each kind of fact that it states"
                diagnostics.append(Diagnostic("S008", "the file is empty", Span(source.name), help_))
        for one in found:
            diagnostics += one.diagnostics
            documents += [one.document] if one.document is not None and not one.diagnostics else []
    sound, wrong_names = told_apart(documents)
    return sound, diagnostics + wrong_names


def _choose(
    documents: Sequence[CaseDocument], catalogue: Catalogue, on: date | None, edition: date | None
) -> tuple[list[_Chosen], list[Diagnostic]]:
    cases: list[_Chosen] = []
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
            cases.append(_Chosen(case, chosen))
    return cases, [*of_rulebooks, *of_cases]


def _write(
    explanations: Sequence[Explanation], format_: str, output: str | None, everything: bool, several: bool
) -> Diagnostic | None:
    if format_ == "json":
        from rulewright.render.json import write_json

        return write_output(write_json(explanations, several=several), output)
    if format_ == "html":
        from rulewright.render.html import write_html

        return write_output(write_html(explanations), output)
    from rulewright.render.text import print_text

    console, buffer = text_console(output)
    print_text(explanations, console, everything=everything)
    return write_output(buffer.getvalue(), output, for_people=True)
