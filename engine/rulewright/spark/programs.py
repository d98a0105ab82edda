"""The programs that judge the cases of a run, by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rulewright.catalogue import Catalogue, find_rulebook
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, has_errors
from rulewright.evaluate.durable import durable_engine
from rulewright.evaluate.engine import Engine
from rulewright.infer import missing_engine
from rulewright.time_zones import today


class RefusedError(Exception):
    """Nothing can be checked: the rulebook, an option or a column of the dataframe is at fault, or Spark is."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)


class Programs:
    """The program for each day, and its engine for cases that are judged on the driver."""

    def __init__(self, rulebook: str | Program, edition: date | None) -> None:
        """A rulebook by its name or path, or one that is compiled already."""
        self._edition = edition
        self._engines: dict[str, Engine] = {}
        missing = missing_engine()
        found = rulebook if isinstance(rulebook, Program) else find_rulebook(rulebook)
        if missing is not None or isinstance(found, Diagnostic):
            raise RefusedError([one for one in (missing, found) if isinstance(one, Diagnostic)])
        self._program = found if isinstance(found, Program) else None
        self._catalogue = None if isinstance(found, Program) else Catalogue(found)
        #: Whether there is one for all days.
        self.is_fixed = isinstance(found, Program) or (
            edition is not None or found.single is not None or len(found.files) == 1
        )

    def today(self) -> date:
        """Return today's date in the time zone of the rulebook."""
        if self._program is not None:
            return today(self._program.rulebook.time_zone)
        assert self._catalogue is not None
        return self._catalogue.today(self._edition)

    def on(self, day: date) -> Program:
        """The program for a day."""
        if self._program is not None:
            return self._program
        assert self._catalogue is not None
        chosen, told = self._catalogue.choose(day, self._edition)
        if chosen is None:
            raise RefusedError([item for item in told if has_errors([item])])
        return chosen.program

    def engine(self, program: Program) -> Engine:
        """What judges cases on the driver."""
        if program.digest not in self._engines:
            self._engines[program.digest] = durable_engine(program)
        return self._engines[program.digest]
