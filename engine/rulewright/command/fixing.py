"""`rulewright fix`: the smallest changes that make each case ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rulewright.catalogue import Chosen
from rulewright.command.account import Ending
from rulewright.command.check import read_cases_of
from rulewright.command.inputs import read_input
from rulewright.command.outputs import tell, text_console, write_output
from rulewright.command.rulebooks import Choice
from rulewright.command.status import AT_FAULT
from rulewright.diagnostics import Diagnostic, cut, did_you_mean, in_source_order
from rulewright.engines import Judge
from rulewright.fix.changed_file import changed_file
from rulewright.fix.fixes import Limits, find_fixes
from rulewright.model.facts import Case
from rulewright.model.fixes import Fixes
from rulewright.model.run import Run
from rulewright.read.documents import STANDARD_INPUT
from rulewright.render.fix_reports import print_fixes, write_json
from rulewright.render.terminal import print_run


@dataclass(frozen=True, slots=True)
class FixArguments:
    """The options of `rulewright fix`, as given on the command line."""

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


def run_fix(arguments: FixArguments, ending: Ending) -> int:
    """Write the changes that make the cases of some files ready; return the exit status."""
    read = read_cases_of(arguments.facts, arguments.rulebook, arguments.edition, arguments.as_of, arguments.engine)
    judged, diagnostics, account = read.cases, read.diagnostics, read.account
    if read.catalogue is None:
        tell(in_source_order(diagnostics))
        return AT_FAULT
    unknown = _unknown_subjects(arguments.subjects, [case for case, _ in judged])
    account.mistakes += unknown
    diagnostics += unknown
    judges: dict[str, Judge] = {}
    several: list[Fixes] = []
    for case, chosen in judged:
        program = chosen.program
        judge = judges.setdefault(program.digest, Judge(program, arguments.engine))
        result = judge.result(case)
        diagnostics += result.errors
        account.add(case, result, chosen)
        if result.verdict is not None:
            several.append(find_fixes(judge, case, result, arguments.limits, chosen.notices, arguments.subjects))
    changed = None if arguments.changed is None else _changed(arguments, judged, several)
    if isinstance(changed, Diagnostic):
        account.mistakes.append(changed)
        diagnostics.append(changed)
    tell(in_source_order(diagnostics))
    arguments.rulebook.remark_after(diagnostics)
    status = ending.status(account)
    if status == AT_FAULT:
        tell(ending.reasons(account, diagnostics))
        return AT_FAULT
    failures = [_write(several, arguments, ending.run(account))]
    if isinstance(changed, str):
        failures.append(write_output(changed, arguments.changed))
    wrong = [failure for failure in failures if failure is not None]
    tell(wrong)
    return AT_FAULT if wrong else status


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
    """Return the case file with the first answers applied, or None if nothing changes."""
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


def _write(several: Sequence[Fixes], arguments: FixArguments, run: Run) -> Diagnostic | None:
    if arguments.format == "json":
        # JSON has the same shape for one case, whether or not other cases were rejected
        is_array = run.counts.rejected > 0 or run.counts.unread > 0 or len(several) > 1
        return write_output(write_json(several, as_array=is_array), arguments.output)
    console, buffer = text_console(arguments.output)
    print_fixes(several, console)
    if not run.counts.is_complete:
        print_run(run, console)
    return write_output(buffer.getvalue(), arguments.output, for_people=True)
