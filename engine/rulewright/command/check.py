"""`rulewright check`: from case files to explained verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rulewright.catalogue import Catalogue, Chosen, find_rulebook
from rulewright.command.inputs import read_date, read_input
from rulewright.command.outputs import tell, text_console, write_output
from rulewright.dates import today
from rulewright.diagnostics import Diagnostic, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.facts import Case
from rulewright.model.outcomes import Verdict
from rulewright.read.cases import read_case
from rulewright.read.documents import CaseDocument, read_documents, told_apart

# ruff: noqa: PLC0415  each format imports what it alone needs

FINE, NOT_READY, AT_FAULT = 0, 1, 2
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
) -> int:
    """Check the cases of the files and write the report; give the exit status."""
    on, wanted = read_date(as_of, "--as-of"), read_date(edition, "--edition")
    found = find_rulebook(rulebook)
    wrong = [item for item in (on, wanted, found, Judge.unavailable(engine)) if isinstance(item, Diagnostic)]
    if wrong or isinstance(on, Diagnostic) or isinstance(wanted, Diagnostic) or isinstance(found, Diagnostic):
        tell(wrong)
        return AT_FAULT
    documents, diagnostics = _read(facts)
    cases, more = _choose(documents, Catalogue(found), on, wanted)
    diagnostics += more
    judges: dict[str, Judge] = {}
    explanations: list[Explanation] = []
    for position, judged in enumerate(cases):
        program = judged.chosen.program
        judge = judges.get(program.digest)
        if judge is None:
            judge = judges[program.digest] = Judge(program, engine)
            judge.add([other.case for other in cases[position:] if other.chosen.program is program])
        result = judge.result(judged.case)
        diagnostics += result.errors
        if result.verdict is not None:
            explanations.append(judge.explain(judged.case, result, judged.chosen.notices))
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


def _read(names: Sequence[str]) -> tuple[list[CaseDocument], list[Diagnostic]]:
    documents: list[CaseDocument] = []
    diagnostics: list[Diagnostic] = []
    for name in dict.fromkeys(names):  # what is named twice is read once, standard input above all
        data = read_input(name)
        if isinstance(data, Diagnostic):
            diagnostics.append(data)
            continue
        found, wrong = read_documents(data, name)
        documents += found
        diagnostics += wrong
    sound, wrong = told_apart(documents)
    return sound, diagnostics + wrong


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
    explanations: Sequence[Explanation], format_: str, output: str | None, everything: bool, several: bool
) -> Diagnostic | None:
    if format_ == "json":
        from rulewright.render.json import write_json

        return write_output(write_json(explanations, several=several), output)
    if format_ == "jsonl":
        from rulewright.render.json import write_json_lines

        return write_output(write_json_lines(explanations), output)
    if format_ == "html":
        from rulewright.render.html import write_html

        return write_output(write_html(explanations), output)
    from rulewright.render.text import print_text

    console, buffer = text_console(output)
    print_text(explanations, console, everything=everything)
    return write_output(buffer.getvalue(), output, for_people=True)
