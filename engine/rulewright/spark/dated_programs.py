"""The programs that evaluate the cases of a run, by date."""

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
    """The check cannot run because of the rulebook, an option, a column of the dataframe, or Spark."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)


class DatedPrograms:
    """The program for each date, and its engine for cases on the driver."""

    def __init__(self, rulebook: str | Program, edition: date | None) -> None:
        """Find a rulebook by its name or path, or take a compiled one; raises `RefusedError`."""
        self._edition = edition
        self._engines: dict[str, Engine] = {}
        missing = missing_engine()
        found = rulebook if isinstance(rulebook, Program) else find_rulebook(rulebook)
        if missing is not None or isinstance(found, Diagnostic):
            raise RefusedError([one for one in (missing, found) if isinstance(one, Diagnostic)])
        self._program = found if isinstance(found, Program) else None
        self._catalogue = None if isinstance(found, Program) else Catalogue(found)
        #: True if one program is used for all dates.
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
        """Return the program for a date; raises `RefusedError` if there is none."""
        if self._program is not None:
            return self._program
        assert self._catalogue is not None
        chosen, told = self._catalogue.choose(day, self._edition)
        if chosen is None:
            raise RefusedError([item for item in told if has_errors([item])])
        return chosen.program

    def engine(self, program: Program) -> Engine:
        """Return the engine that evaluates cases on the driver."""
        if program.digest not in self._engines:
            self._engines[program.digest] = durable_engine(program)
        return self._engines[program.digest]
