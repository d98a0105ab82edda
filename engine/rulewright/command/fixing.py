"""`rulewright fix`: from case files to the smallest changes that make each case ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rulewright.catalogue import Chosen
from rulewright.command.check import read_cases_of
from rulewright.command.inputs import read_input
from rulewright.command.outputs import tell, text_console, write_output
from rulewright.command.rulebooks import Choice
from rulewright.diagnostics import Diagnostic, cut, did_you_mean, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.fix.fixes import Limits, find_fixes
from rulewright.fix.writing import changed_file
from rulewright.model.facts import Case
from rulewright.model.fixes import Fixes
from rulewright.model.outcomes import Verdict
from rulewright.read.documents import STANDARD_INPUT
from rulewright.render.fixes import print_fixes, write_json

FINE, NOT_READY, AT_FAULT = 0, 1, 2
_GOOD = (Verdict.READY, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class FixArguments:
    """The words of the command line."""

    facts: Sequence[str]
    rulebook: Choice
    edition: str | None
    as_of: str | None
    format: str
    output: str | None
    engine: str
    limits: Limits
    changed: str | None
    subjects: Sequence[str]


def run_fix(arguments: FixArguments) -> int:
    """Write the changes of the cases of some files; return the exit status."""
    read = read_cases_of(arguments.facts, arguments.rulebook, arguments.edition, arguments.as_of, arguments.engine)
    judged, diagnostics = read.cases, read.diagnostics
    diagnostics += _unknown_subjects(arguments.subjects, [case for case, _ in judged])
    judges: dict[str, Judge] = {}
    several: list[Fixes] = []
    for case, chosen in judged:
        program = chosen.program
        judge = judges.setdefault(program.digest, Judge(program, arguments.engine))
        result = judge.result(case)
        diagnostics += result.errors
        if result.verdict is not None:
            several.append(find_fixes(judge, case, result, arguments.limits, chosen.notices, arguments.subjects))
    changed = None if arguments.changed is None else _changed(arguments, judged, several)
    diagnostics += [changed] if isinstance(changed, Diagnostic) else []
    tell(in_source_order(diagnostics))
    arguments.rulebook.remark_after(diagnostics)
    at_fault = has_errors(diagnostics)
    failures = [_write(several, arguments, at_fault)] if several else []
    if isinstance(changed, str):
        failures.append(write_output(changed, arguments.changed))
    wrong = [failure for failure in failures if failure is not None]
    tell(wrong)
    if at_fault or wrong:
        return AT_FAULT
    return FINE if all(fixes.verdict in _GOOD for fixes in several) else NOT_READY


def _unknown_subjects(subjects: Sequence[str], cases: Sequence[Case]) -> list[Diagnostic]:
    refs = {fact.ref for case in cases for facts in case.facts.values() for fact in facts}
    return [
        Diagnostic("U012", f"no case has a subject `{cut(ref)}`", help=did_you_mean(ref, refs))
        for ref in subjects
        if cases and ref not in refs
    ]


def _changed(
    arguments: FixArguments, judged: Sequence[tuple[Case, Chosen]], several: Sequence[Fixes]
) -> str | Diagnostic | None:
    """The case file with the first answers in it; none where nothing changes."""
    if len(judged) != 1 or len(arguments.facts) != 1 or arguments.facts[0] == STANDARD_INPUT:
        help_ = "name one file that holds one case"
        return Diagnostic("U011", "the changes cannot be written: --write goes with one case in a file", help=help_)
    if not several or not several[0].first:
        return None
    (name,), ((case, chosen),) = arguments.facts, judged
    data = read_input(name)
    if isinstance(data, Diagnostic):
        return data
    return changed_file(data, name, chosen.program.rulebook, case, several[0].first)


def _write(several: Sequence[Fixes], arguments: FixArguments, at_fault: bool) -> Diagnostic | None:
    if arguments.format == "json":
        # what programs read has one shape for one case, and does not get it from errors of the others
        return write_output(write_json(several, as_array=at_fault or len(several) > 1), arguments.output)
    console, buffer = text_console(arguments.output)
    print_fixes(several, console)
    return write_output(buffer.getvalue(), arguments.output, for_people=True)
