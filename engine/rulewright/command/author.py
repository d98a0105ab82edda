"""The commands of policy authors: `lint`, `test` and `schema`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rulewright.api.authoring import NO_TESTS, files_of, run_tests_of
from rulewright.catalogue import Catalogue, check_file, find_rulebook
from rulewright.command.inputs import read_date
from rulewright.command.outputs import remark, tell, write_output
from rulewright.command.projects import local_rulebooks, nothing_here
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, Severity, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.outcomes import Outcome
from rulewright.model.possible import possible_outcomes
from rulewright.model.values import Truth
from rulewright.render.clean import clean
from rulewright.schemas import Schema, case_schema, language_schema, tests_schema
from rulewright.testing.running import TestRun, coverage
from rulewright.testing.tests_reader import find_orphans

FINE, FAILED, AT_FAULT = 0, 1, 2
_TRUTHS = {
    Truth.TRUE: "holds",
    Truth.FALSE: "does not hold",
    Truth.UNKNOWN: "is not known",
    None: "was not looked at",
}


def run_lint(rulebooks: Sequence[str]) -> int:
    """Report all diagnostics of the rulebooks; return the exit status."""
    files, diagnostics = _files(rulebooks)
    rules = 0
    for file in files:
        rulebook, wrong = check_file(file)
        diagnostics += wrong
        rules += 0 if rulebook is None else len(rulebook.rules)
    told = in_source_order(diagnostics)
    tell(told)
    errors = sum(1 for diagnostic in told if diagnostic.severity is Severity.ERROR)
    numbers = (
        (len(files), "rulebook file"),
        (rules, "rule"),
        (errors, "error"),
        (len(told) - errors, "warning"),
    )
    checked, having, *found = (f"{number} {word}{'' if number == 1 else 's'}" for number, word in numbers)
    remark(f"{checked}, {having}: {', '.join(found)}")
    return AT_FAULT if errors else FINE


def run_tests(rulebooks: Sequence[str], with_coverage: bool, engine: str) -> int:
    """Run the tests beside the rulebooks; return the exit status."""
    unavailable = Judge.unavailable(engine)
    if unavailable is not None:
        tell([unavailable])
        return AT_FAULT
    files, diagnostics = _files(rulebooks)
    diagnostics += find_orphans(files)
    lines: list[str] = []
    failed = ran = 0
    for file in files:
        run = run_tests_of(file, engine)
        diagnostics += run.diagnostics
        if run.program is None:
            continue
        if not run.beside.is_file():
            lines.append(f"{file}: no tests beside it ({run.beside.name})")
            continue
        ran += len(run.tested)
        failed += sum(1 for one in run.tested if one.failures)
        lines += [line for one in run.tested for line in _failure(one)]
        if with_coverage:
            lines += ["", *_coverage(run.tested, run.program), ""]
    if not ran and not has_errors(diagnostics):
        diagnostics.append(NO_TESTS)
    tell(in_source_order(diagnostics))
    lines.append(f"{ran - failed} passed, {failed} failed")
    failure = write_output("\n".join(map(clean, lines)), None, for_people=True)
    if failure is not None:
        tell([failure])
    if has_errors(diagnostics) or failure is not None:
        return AT_FAULT
    return FAILED if failed else FINE


def _failure(tested: TestRun) -> Iterator[str]:
    """Yield the lines about a failed test; none for a passed one."""
    if tested.failures:
        yield f"failed: {tested.test.name} ({tested.test.span})"
    for failure in tested.failures:
        yield f"  {failure.what}"
        if failure.rule is not None and tested.explanation is not None:
            yield from (f"    {line}" for line in _because(tested.explanation, failure.rule))
    if tested.failures:
        yield from (f"  {line}" for error in tested.result.errors for line in str(error).split("\n"))


def _because(explanation: Explanation, rule: str) -> Iterator[str]:
    for finding in explanation.findings:
        if finding.rule == rule:
            yield f"{finding.ref}: {finding.message}"
            for test in finding.tests:
                at = f", stated at {test.at}" if test.at else ""
                shown = f" (it is {test.shown}{at})" if test.shown else ""
                yield f"  {test.test}: {_TRUTHS[test.truth]}{shown}"


def _coverage(tested: Sequence[TestRun], program: Program) -> Iterator[str]:
    """Yield the lines of a table that counts the tests for each outcome of each rule.

    Cells of impossible outcomes are empty.
    """
    shown = coverage(tested, program.rulebook)
    possible = {rule.name: possible_outcomes(rule) for rule in program.rulebook.rules.values()}
    outcomes = [outcome for outcome in Outcome if any(outcome in some for some in possible.values())]
    rows = [("rule", *(outcome.value.replace("_", " ") for outcome in outcomes))]
    for rule, counts in shown.items():
        cells = (str(counts.get(outcome, 0)) if outcome in possible[rule] else "" for outcome in outcomes)
        rows.append((rule, *cells))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield f"{program.rulebook.name} {program.rulebook.edition}: how many tests show each outcome"
    for name, *counted in rows:
        cells = (cell.rjust(width) for cell, width in zip(counted, widths[1:], strict=True))
        yield "  ".join((name.ljust(widths[0]), *cells)).rstrip()


def run_schema(of: str, rulebook: str | None, edition: str | None, output: str | None) -> int:
    """Print a JSON Schema; return the exit status."""
    schema = language_schema() if rulebook is None else _schema_of(of, rulebook, edition)
    failure = schema if isinstance(schema, list) else None
    if not isinstance(schema, list):
        failed = write_output(json.dumps(schema, indent=2, ensure_ascii=False), output)
        failure = None if failed is None else [failed]
    tell(failure or ())
    return AT_FAULT if failure else FINE


def _schema_of(of: str, rulebook: str, edition: str | None) -> Schema | list[Diagnostic]:
    """Return the schema of a rulebook's files, or the errors that prevent it."""
    wanted, found = read_date(edition, "--edition"), find_rulebook(rulebook)
    if isinstance(found, Diagnostic) or isinstance(wanted, Diagnostic):
        return [item for item in (wanted, found) if isinstance(item, Diagnostic)]
    program, diagnostics = Catalogue(found).edition(wanted)
    if program is None:
        return diagnostics
    return case_schema(program.rulebook) if of == "cases" else tests_schema(program.rulebook)


def _files(rulebooks: Sequence[str]) -> tuple[list[Path], list[Diagnostic]]:
    """Return the files of the named rulebooks, by default of the local ones, and the errors in the names."""
    local = [] if rulebooks else local_rulebooks()
    if isinstance(local, Diagnostic):
        return [], [local]
    if not rulebooks and not local:
        return [], [nothing_here()]
    return files_of(rulebooks or [str(path) for path in local])
