"""A worker: judges one chunk after the other, in columns where it can and case by case where it has to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rulewright.batch.case_by_case import CaseByCase
from rulewright.batch.chunks import DamagedInputError
from rulewright.batch.exact import Found
from rulewright.batch.in_columns import Databases, InColumns
from rulewright.batch.inputs import InputFormat
from rulewright.batch.judged import Judged
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import Programs
from rulewright.batch.rejected import Rejected, in_order
from rulewright.batch.scanning import Scanner
from rulewright.batch.spool import Spooled, reading
from rulewright.batch.units import Unit
from rulewright.engines import DURABLE

#: The formats that are judged in columns.
_COLUMNS = (InputFormat.JSON_LINES, InputFormat.CSV, InputFormat.PARQUET)


class Worker:
    """Judges chunks; the files of its pieces are in a folder, and are for the caller to take away."""

    def __init__(self, options: Options, programs: Programs, folder: Path) -> None:
        self.options = options
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.databases = Databases(options, self.folder)
        self._case_by_case = CaseByCase(options, programs)
        self._pieces = 0
        self._scanner = Scanner(self.folder)
        self.is_columnar = not self.is_exact(options)

    @staticmethod
    def is_exact(options: Options) -> bool:
        """Whether every case is judged by itself."""
        return options.engine != DURABLE or options.detail is Detail.FULL

    def get_ready(self) -> None:
        """Make what the first chunk will need."""
        if self.is_columnar:
            self.databases.of(self.programs.default)

    def judge(self, unit: Unit) -> Judged:
        """Judge a unit of work: one chunk, or the contents of several small files."""
        self._pieces += 1
        ending = "parquet" if self.options.format is OutputFormat.PARQUET else "txt"
        judged = Judged(unit[-1], self.folder / f"piece-{self._pieces}.{ending}")
        if len(unit) == 1:
            self._judge_chunk(self._in_file(unit[0]), judged)
        else:
            self._judge_small(unit, judged)
        judged.rejected = in_order(judged.rejected)
        for one in judged.rejected:
            judged.tally.add(one.tally())
        return judged

    def _in_file(self, chunk: Spooled) -> Spooled:
        """Return a chunk whose bytes are in a file, where columns are read from."""
        if chunk.held is None:
            return chunk
        file = self.folder / "held"
        file.write_bytes(chunk.held)
        return replace(chunk, file=file, held=None)

    def _judge_small(self, unit: Unit, judged: Judged) -> None:
        """Judge the contents of small files together, case by case, each with its own places and names."""
        found: list[Found] = []
        last = 0
        for chunk in unit:
            before = last
            for one in self._case_by_case.found(chunk, None):
                last = before + one.number
                found.append(replace(one, number=last))
        self._case_by_case.write(judged, self._case_by_case.judge(found, judged))

    def _judge_chunk(self, chunk: Spooled, judged: Judged) -> None:
        damage = chunk.damage
        if damage is None:
            try:
                self._judge(chunk, judged)
            except DamagedInputError as error:  # it was read before, and cannot be any more
                damage = error.diagnostic
        if damage is not None:
            line = 1 if damage.span is None else damage.span.line
            judged.rejected.append(Rejected(1, line, None, (damage,)))
            self._case_by_case.write(judged, {})

    def _judge(self, chunk: Spooled, judged: Judged) -> None:
        if self.is_columnar and chunk.input.format in _COLUMNS:
            with reading(chunk):
                scanned = self._scanner.scan(chunk)
            InColumns(self._case_by_case, self.databases, judged, scanned).run()
        else:
            with reading(chunk):
                found = list(self._case_by_case.found(chunk, None))
            self._case_by_case.write(judged, self._case_by_case.judge(found, judged))

    def explain(self, chunk: Spooled, numbers: Iterable[int]) -> list[str]:
        """Some cases of a chunk, explained in full, a line each."""
        return self._case_by_case.explain(chunk, numbers)
