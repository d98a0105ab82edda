"""The commands of policy authors: `lint`, `test` and `schema`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rulewright.catalogue import Editions, check_file, find_rulebook, load, read_bytes
from rulewright.command.inputs import read_date, tell, write_output
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, has_errors, in_source_order
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.outcomes import Outcome
from rulewright.render.clean import clean
from rulewright.schema import case_schema, language_schema, tests_schema
from rulewright.testing import Tested, coverage, read_tests
from rulewright.testing import run_tests as run_all_tests

FINE, FAILED, AT_FAULT = 0, 1, 2


def run_lint(rulebooks: Sequence[str]) -> int:
    """Tell every diagnostic of the rulebooks; give the exit status."""
    diagnostics: list[Diagnostic] = []
    files = _files(rulebooks, diagnostics)
    rules = 0
    for file in files:
        rulebook, wrong = check_file(file)
        diagnostics += wrong
        rules += 0 if rulebook is None else len(rulebook.rules)
    tell(in_source_order(diagnostics))
    errors = sum(1 for diagnostic in diagnostics if has_errors([diagnostic]))
    warnings = len(diagnostics) - errors
    print(f"{len(files)} rulebook files, {rules} rules: {errors} errors, {warnings} warnings", file=sys.stderr)
    return AT_FAULT if errors else FINE


def run_tests(rulebooks: Sequence[str], with_coverage: bool, engine: str) -> int:
    """Run the tests beside the rulebooks; give the exit status."""
    unavailable = Judge.unavailable(engine)
    diagnostics: list[Diagnostic] = [] if unavailable is None else [unavailable]
    files = [] if unavailable else _files(rulebooks, diagnostics)
    console = Console(width=None if sys.stdout.isatty() else 100, highlight=False)
    failed = ran = 0
    for file in files:
        program, wrong = load(file)
        diagnostics += [item for item in wrong if program is None or has_errors([item])]
        beside = tests_file(file)
        if program is None or not beside.is_file():
            if program is not None:
                console.print(f"{file}: no tests beside it ({beside.name})", markup=False, soft_wrap=True)
            continue
        data = read_bytes(beside)
        tests, wrong = ([], [data]) if isinstance(data, Diagnostic) else read_tests(data, str(beside), program.rulebook)
        diagnostics += wrong
        tested = run_all_tests(tests, program, engine)
        ran += len(tested)
        failed += sum(1 for one in tested if one.failures)
        for one in tested:
            if one.failures:
                _tell_failure(one, console)
        if with_coverage:
            console.print(_coverage(tested, program))
    tell(in_source_order(diagnostics))
    console.print(f"{ran - failed} passed, {failed} failed", markup=False)
    if has_errors(diagnostics):
        return AT_FAULT
    return FAILED if failed else FINE


def tests_file(rulebook_file: Path) -> Path:
    """The file of tests that belongs beside a rulebook's file."""
    return rulebook_file.with_name(f"{rulebook_file.stem}.tests.yaml")


def _tell_failure(tested: Tested, console: Console) -> None:
    def print_plain(text: str) -> None:
        console.print(clean(text), markup=False, soft_wrap=True)

    print_plain(f"failed: {tested.test.name} ({tested.test.span})")
    for failure in tested.failures:
        print_plain(f"  {failure.what}")
        if failure.rule is not None and tested.explanation is not None:
            for line in _because(tested.explanation, failure.rule):
                print_plain(f"    {line}")
    for error in tested.result.errors:
        print_plain(f"  {error}".replace("\n", " "))


def _because(explanation: Explanation, rule: str) -> list[str]:
    lines = []
    for finding in explanation.findings:
        if finding.rule == rule:
            lines.append(f"{finding.ref}: {finding.message}")
            for test in finding.tests:
                truth = {"t": "holds", "f": "does not hold", "u": "is not known"}.get(
                    test.truth.value if test.truth else "", "was not looked at"
                )
                at = f", stated at {test.at}" if test.at else ""
                shown = f" (it is {test.shown}{at})" if test.shown else ""
                lines.append(f"  {test.test}: {truth}{shown}")
    return lines


def _coverage(tested: Sequence[Tested], program: Program) -> Table:
    table = Table(title=f"{program.rulebook.name} {program.rulebook.edition}: tests by outcome", title_justify="left")
    table.add_column("rule")
    for outcome in Outcome:
        table.add_column(outcome.value.replace("_", " "), justify="right")
    for rule, shown in coverage(tested, program.rulebook).items():
        table.add_row(rule, *(str(shown.get(outcome, "")) for outcome in Outcome))
    return table


def run_schema(of: str, rulebook: str, edition: str | None) -> int:
    """Print a JSON Schema; give the exit status."""
    if of == "rulebook":
        write_output(json.dumps(language_schema(), indent=2, ensure_ascii=False), None)
        return FINE
    wanted = read_date(edition, "--edition")
    found = find_rulebook(rulebook)
    if isinstance(found, Diagnostic) or isinstance(wanted, Diagnostic):
        tell([item for item in (found, wanted) if isinstance(item, Diagnostic)])
        return AT_FAULT
    file = found.single or found.files.get(wanted or max(found.files))
    if file is None:
        known = ", ".join(str(one) for one in found.files)
        tell([Diagnostic("U002", f"`{rulebook}` has no edition {wanted}", help=f"its editions: {known}")])
        return AT_FAULT
    program, diagnostics = load(file)
    if program is None:
        tell(diagnostics)
        return AT_FAULT
    schema = case_schema(program.rulebook) if of == "cases" else tests_schema(program.rulebook)
    write_output(json.dumps(schema, indent=2, ensure_ascii=False), None)
    return FINE


def _files(rulebooks: Sequence[str], diagnostics: list[Diagnostic]) -> list[Path]:
    files: list[Path] = []
    for name in rulebooks:
        found: Editions | Diagnostic = find_rulebook(name)
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
        else:
            files += [found.single] if found.single else list(found.files.values())
    return files
