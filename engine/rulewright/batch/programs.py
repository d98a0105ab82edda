"""The programs of a batch by date, with the situations that its workers have inferred."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from threading import Lock

from rulewright.batch.options import Options
from rulewright.catalogue import Catalogue, find_rulebook
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, has_errors
from rulewright.errors import RulebookError
from rulewright.evaluate.situations import Situations


class SharedProgram:
    """A program with its situations; a thread must hold the lock while it infers."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.lock = Lock()
        inferences = [inference for level in self.program.levels for inference in level.inferences.values()]
        self.situations: Mapping[str, Situations] = {
            each.name: Situations(self.program.rulebook, each) for each in inferences
        }


class Programs:
    """The programs of a rulebook by the evaluation date of a case, each loaded once."""

    def __init__(self, options: Options, catalogue: Catalogue | None = None) -> None:
        """Load the rulebook of the options, or use a catalogue that has loaded it."""
        if catalogue is None:
            found = find_rulebook(options.rulebook)
            if isinstance(found, Diagnostic):
                raise RulebookError([found])
            catalogue = Catalogue(found)
        self._catalogue = catalogue
        self._edition = options.edition
        self._by_date: dict[date, SharedProgram] = {}
        self._notices: dict[date, tuple[str, ...]] = {}
        self._by_digest: dict[str, SharedProgram] = {}
        self._lock = Lock()
        self.default = self.on(options.as_of or options.today)

    def on(self, day: date) -> SharedProgram:
        """Return the program for a date."""
        with self._lock:
            if day not in self._by_date:
                chosen, diagnostics = self._catalogue.choose(day, self._edition)
                if chosen is None:
                    raise RulebookError(item for item in diagnostics if has_errors([item]))
                digest = chosen.program.digest
                self._by_date[day] = self._by_digest.get(digest) or SharedProgram(chosen.program)
                self._by_digest[digest] = self._by_date[day]
                self._notices[day] = chosen.notices
            return self._by_date[day]

    def notices_on(self, day: date) -> tuple[str, ...]:
        """Return the notices about cases evaluated on a date."""
        self.on(day)
        return self._notices[day]
