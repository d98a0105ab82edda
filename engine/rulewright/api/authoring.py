"""What authors of rulebooks ask for: mistakes, tests, schemas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal

from rulewright.api.arguments import date_of, refuse
from rulewright.catalogue import Catalogue, check_file, find_rulebook, load, read_bytes
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, Span, has_errors, in_source_order
from rulewright.engines import DURABLE, Judge
from rulewright.errors import RulebookError
from rulewright.schemas import case_schema, language_schema, tests_schema
from rulewright.testing.running import TestRun, run_tests as run_all_tests
from rulewright.testing.tests_reader import find_orphans, read_tests, tests_file


@dataclass(frozen=True, slots=True)
class RulebookTest:
    """One test of a rulebook: its name, its place, and each difference from what it expects; none if it passed."""

    name: str
    at: Span
    failures: tuple[str, ...]

    @property
    def has_passed(self) -> bool:
        """Return True if everything is as the test expects."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class RulebookTests:
    """The tests of a rulebook that were run, and the diagnostics of what could not be run.

    `diagnostics` has the mistakes in the rulebook and in its files of tests, and one if there is no test at all.
    """

    tests: tuple[RulebookTest, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> tuple[RulebookTest, ...]:
        """Return the tests that failed."""
        return tuple(test for test in self.tests if test.failures)

    @property
    def have_passed(self) -> bool:
        """Return True if all tests passed, there was one at least, and there are no errors."""
        return bool(self.tests) and not self.failed and not has_errors(self.diagnostics)


def lint(name_or_path: str | PathLike[str]) -> tuple[Diagnostic, ...]:
    """Return every diagnostic of a rulebook, of all its editions and their translations, in source order.

    It never raises for a bad rulebook: one that is not there is a diagnostic, too. A rulebook without any diagnostic
    has an empty tuple; `severity` tells errors from warnings.
    """
    files, diagnostics = files_of([fspath(name_or_path)])
    for file in files:
        diagnostics += check_file(file)[1]
    return tuple(in_source_order(diagnostics))


def test(name_or_path: str | PathLike[str], *, engine: str = DURABLE) -> RulebookTests:
    """Run the tests beside the editions of a rulebook, and return how each went.

    It never raises for a bad rulebook or a bad file of tests: the `diagnostics` of the result have what is wrong.
    """
    unavailable = Judge.unavailable(engine)
    if unavailable is not None:
        raise RulebookError([unavailable])
    files, diagnostics = files_of([fspath(name_or_path)])
    diagnostics += find_orphans(files)
    tests: list[RulebookTest] = []
    for file in files:
        ran = run_tests_of(file, engine)
        diagnostics += ran.diagnostics
        for one in ran.tested:
            failures = [failure.what for failure in one.failures]
            failures += [str(error) for error in one.result.errors] if failures else []
            tests.append(RulebookTest(one.test.name, one.test.span, tuple(failures)))
    if not tests and not has_errors(diagnostics):
        diagnostics.append(NO_TESTS)
    return RulebookTests(tuple(tests), tuple(in_source_order(diagnostics)))


def schema(
    name_or_path: str | PathLike[str] | None = None,
    of: Literal["cases", "tests"] = "cases",
    *,
    edition: str | date | None = None,
) -> dict[str, Any]:
    """Return a JSON Schema, for editors and forms: of the case files or the tests of a rulebook.

    `edition` is the date of an edition; left out, the newest. Without a rulebook, it is the schema of the rulebook
    language. Raises RulebookError for a rulebook that cannot be used, and ArgumentError for another `of`.
    """
    if of not in ("cases", "tests"):
        refuse("U004", f"`of` is {of!r}", "take `cases` or `tests`")
    wanted = date_of(edition, "edition")
    if name_or_path is None:
        return language_schema()
    found = find_rulebook(fspath(name_or_path))
    if isinstance(found, Diagnostic):
        raise RulebookError([found])
    program, diagnostics = Catalogue(found).edition(wanted)
    if program is None:
        raise RulebookError(diagnostics)
    return case_schema(program.rulebook) if of == "cases" else tests_schema(program.rulebook)


# --- what the command line writes line by line ---

#: The diagnostic of rulebooks without tests.
NO_TESTS = Diagnostic(
    "U028",
    "no test was run: the rulebooks have none",
    help="write tests beside the rulebook, in a file that ends in .tests.yaml",
)


@dataclass(frozen=True, slots=True)
class TestsRun:
    """The tests beside one file of a rulebook: `program` is none if it has errors, `tested` empty if it has no tests.

    `beside` is the file of tests, whether it is there or not.
    """

    __test__ = False  # the tests of this program take it for a class of tests otherwise

    program: Program | None
    beside: Path
    tested: Sequence[TestRun]
    diagnostics: Sequence[Diagnostic]


def files_of(named: Iterable[str]) -> tuple[list[Path], list[Diagnostic]]:
    """Return the files of rulebooks, each once, and what is wrong with their names."""
    files: dict[Path, None] = {}
    diagnostics: list[Diagnostic] = []
    for name in named:
        found = find_rulebook(name)
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
        else:
            files.update(dict.fromkeys([found.single] if found.single else found.files.values()))
    return list(files), diagnostics


def run_tests_of(file: Path, engine: str) -> TestsRun:
    """Run the tests beside one file of a rulebook."""
    program, wrong = load(file)
    beside = tests_file(file)
    if program is None or not beside.is_file():
        return TestsRun(program, beside, (), wrong if program is None else ())
    data = read_bytes(beside)
    tests, wrong = ([], [data]) if isinstance(data, Diagnostic) else read_tests(data, str(beside), program.rulebook)
    return TestsRun(program, beside, run_all_tests(tests, program, engine), wrong)
