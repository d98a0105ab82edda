"""The account of a run with one report, and its ending: exit status, identity and summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rulewright.batch.accounts import miscounted, nothing_evaluated
from rulewright.batch.tally import Tally
from rulewright.catalogue import Chosen
from rulewright.command.outputs import write_output
from rulewright.command.run_identity import Start
from rulewright.command.status import AT_FAULT, Allowance, status_of_run
from rulewright.diagnostics import Diagnostic, has_errors
from rulewright.model.facts import Case
from rulewright.model.outcomes import CaseResult
from rulewright.model.run import MOST_REJECTS, Run, RunInput
from rulewright.read.documents import CaseDocument


@dataclass(slots=True)
class Account:
    """The rows of a run, each counted as evaluated, rejected or skipped.

    `mistakes` are diagnostics of the command or of a rulebook. Errors among them end the run.
    """

    tally: Tally = field(default_factory=Tally)
    inputs: list[RunInput] = field(default_factory=list)
    mistakes: list[Diagnostic] = field(default_factory=list)
    rejects: list[Diagnostic] = field(default_factory=list)
    problems: int = 0
    _rows: dict[int, int] = field(default_factory=dict)
    _rows_of_cases: dict[str, int] = field(default_factory=dict)

    def set_rows(self, document: CaseDocument, rows: int) -> None:
        """Store the number of rows of a document."""
        self._rows[id(document)] = rows

    def set_case(self, document: CaseDocument, case: Case) -> None:
        """Store that a document was read as a case."""
        self._rows_of_cases[case.name] = self._rows[id(document)]

    def reject_document(self, document: CaseDocument, diagnostics: Sequence[Diagnostic]) -> None:
        """Count a document as rejected."""
        self.reject(diagnostics, self._rows[id(document)])

    def reject(self, diagnostics: Sequence[Diagnostic], rows: int) -> None:
        """Count rows as rejected; zero rows stand for an input that could not be read to its end."""
        self.tally.add(
            Tally(
                codes=Counter(one.code for one in diagnostics[:1]),
                rejected=1,
                rejected_rows=rows,
                unread=int(rows == 0),
            )
        )
        self.problems += len(diagnostics)
        self.rejects += diagnostics[: MOST_REJECTS - len(self.rejects)]

    def add(self, case: Case, result: CaseResult, chosen: Chosen) -> None:
        """Count a case as evaluated, or as rejected if it has no verdict."""
        rows = self._rows_of_cases[case.name]
        if result.verdict is None:
            self.reject(result.errors, rows)
            return
        self.tally.verdicts[result.verdict.value] += 1
        self.tally.evaluated_rows += rows
        self.tally.count_program(chosen.program, chosen.notices)
        for subject in result.subjects:
            self.tally.count_subject(subject.kind, subject.verdict, subject.outcomes)


@dataclass(frozen=True, slots=True)
class Ending:
    """The options for the end of a run."""

    start: Start
    allowance: Allowance = field(default_factory=Allowance)
    maximum_rejected: int | None = None
    summary: str | None = None

    def status(self, account: Account) -> int:
        """Return the exit status of a run; with 2, nothing is written."""
        if has_errors(account.mistakes) or self._has_too_many(account) or miscounted(account.tally) is not None:
            return AT_FAULT
        return status_of_run(account.tally, self.allowance)

    def reasons(self, account: Account, told: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Return the reasons why nothing is written that are not among the diagnostics reported so far."""
        if has_errors(account.mistakes):
            return []
        if self._has_too_many(account):
            message = f"more than {self.maximum_rejected:,} cases are rejected"
            return [Diagnostic("U007", message, help="correct them, or leave out --max-rejected")]
        if (wrong := miscounted(account.tally)) is not None:
            return [wrong]
        nothing = nothing_evaluated(account.tally)
        return [] if nothing is None or has_errors(told) else [nothing]

    def _has_too_many(self, account: Account) -> bool:
        return self.maximum_rejected is not None and account.tally.rejected > self.maximum_rejected

    def run(self, account: Account) -> Run:
        """Return the run with its counts and rejected rows."""
        is_allowed = self.allowance.covers(account.tally)
        return self.start.run(account.tally, account.inputs, account.rejects, account.problems, allows=is_allowed)

    def write_summary(self, account: Account, run: Run) -> Diagnostic | None:
        """Write the summary, if requested; return the error if that fails."""
        if self.summary is None:
            return None
        # imported here, because few runs write a summary and the modules of batches are slow to import
        from rulewright.batch.report import BatchReport  # noqa: PLC0415
        from rulewright.batch.summary import summary_json  # noqa: PLC0415

        report = BatchReport(account.tally, seconds=(run.ended - run.started).total_seconds(), run=run)
        report.programs = sorted(account.tally.programs)
        report.notices = sorted(account.tally.notices)
        return write_output(summary_json(report), self.summary)
