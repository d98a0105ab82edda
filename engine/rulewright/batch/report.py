"""The report of a batch: counts, duration, and everything that a reader of its output should know."""

from __future__ import annotations

from dataclasses import dataclass, field

from rulewright.batch.rejected import Rejected
from rulewright.batch.tally import Tally
from rulewright.diagnostics import Diagnostic
from rulewright.model.rulebook import View
from rulewright.model.run import Run, RunInput

#: At most so many distinct situations are counted: more take memory, and "more than a million" is enough to know.
MAXIMUM_COUNTED = 1_000_000


@dataclass(slots=True)
class BatchReport:
    """The outcome of a batch: counts, seconds, the number of distinct situations, notices and mistakes.

    `rejected` has the rejected cases unless they were written to a file; `view` is the view that was asked for.
    `inputs` are hashed if that was asked for; `run` is the identity of the run; `programs` has the name, edition and
    digest of each rulebook that was used.
    """

    tally: Tally
    seconds: float = 0.0
    situations: int = 0
    notices: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    is_whole: bool = True
    programs: list[tuple[str, str, str]] = field(default_factory=list)
    view: View | None = None
    inputs: list[RunInput] = field(default_factory=list)
    run: Run | None = None
