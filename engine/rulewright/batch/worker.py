"""A worker: evaluates chunks one after another, on the fast path if possible, else on the exact path."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rulewright.batch.case_by_case import CaseByCase
from rulewright.batch.chunks import DamagedInputError
from rulewright.batch.columns import Unknown
from rulewright.batch.exact import Found
from rulewright.batch.in_columns import Databases, InColumns
from rulewright.batch.inputs import InputFormat
from rulewright.batch.options import Detail, Options, OutputFormat
from rulewright.batch.programs import Programs
from rulewright.batch.rejected import Rejected, in_order
from rulewright.batch.scanning import Scanner, is_mostly_blank
from rulewright.batch.spool import Spooled, reading
from rulewright.batch.storage import writing_temporary
from rulewright.batch.units import Unit, UnitResults
from rulewright.engines import DURABLE

#: The formats with a fast path.
_COLUMNS = (InputFormat.JSON_LINES, InputFormat.CSV, InputFormat.PARQUET)


class Worker:
    """Evaluates units; it writes their records to files in a folder, which the caller removes."""

    def __init__(self, options: Options, programs: Programs, folder: Path) -> None:
        self.options = options
        self.programs = programs
        with writing_temporary(folder):
            self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.databases = Databases(options, self.folder)
        self._case_by_case = CaseByCase(options, programs)
        self._pieces = 0
        self._scanner = Scanner(self.folder)
        self.is_columnar = not self.is_exact(options)

    @staticmethod
    def is_exact(options: Options) -> bool:
        """Return true if all cases use the exact path."""
        return options.engine != DURABLE or options.detail is Detail.FULL

    def get_ready(self) -> None:
        """Create the database for the first chunk in advance."""
        if self.is_columnar:
            self.databases.of(self.programs.default)

    def judge(self, unit: Unit) -> UnitResults:
        """Evaluate a unit of work: one chunk, or the contents of several small files."""
        self._pieces += 1
        ending = "parquet" if self.options.format is OutputFormat.PARQUET else "txt"
        judged = UnitResults(unit[-1], self.folder / f"piece-{self._pieces}.{ending}")
        if len(unit) == 1:
            self._judge_chunk(self._in_file(unit[0]), judged)
        else:
            self._judge_small(unit, judged)
        judged.tally.read += sum(chunk.rows for chunk in unit)
        judged.rejected = in_order(judged.rejected)
        for one in judged.rejected:
            judged.tally.add(one.tally())
        return judged

    def _in_file(self, chunk: Spooled) -> Spooled:
        """Return a chunk with its bytes in a file, as the fast path requires."""
        if chunk.held is None:
            return chunk
        file = self.folder / "held"
        with writing_temporary(self.folder):
            file.write_bytes(chunk.held)
        return replace(chunk, file=file, held=None)

    def _judge_small(self, unit: Unit, judged: UnitResults) -> None:
        """Evaluate small files together, case by case; each case keeps the positions and names of its file."""
        found: list[Found] = []
        last = 0
        for chunk in unit:
            before = last
            for one in self._case_by_case.found(chunk, None):
                last = before + one.number
                found.append(replace(one, number=last))
        self._case_by_case.write(judged, self._case_by_case.judge(found, judged))

    def _judge_chunk(self, chunk: Spooled, judged: UnitResults) -> None:
        damage = chunk.damage
        if damage is None:
            try:
                self._judge(chunk, judged)
            except DamagedInputError as error:  # the input became unreadable after it was cut
                damage = error.diagnostic
        if damage is not None:
            line = 1 if damage.span is None else damage.span.line
            judged.rejected.append(Rejected(1, line, None, (damage,), rows=chunk.rows))
            self._case_by_case.write(judged, {})

    def _judge(self, chunk: Spooled, judged: UnitResults) -> None:
        is_line = chunk.too_long is not None
        if self.is_columnar and chunk.input.format in _COLUMNS and not is_line and not self._has_other_keys(chunk):
            with reading(chunk):
                scanned = self._scanner.scan(chunk)
                may_be_blank = scanned.has_blank_lines or scanned.may_have_blank_rows
                is_blank = may_be_blank and is_mostly_blank(chunk)
            if is_blank:
                self._judge_exactly(scanned.chunk, judged)
                return
            if not InColumns(self._case_by_case, self.databases, judged, scanned).run():
                self._judge_exactly(scanned.chunk, judged)
        else:
            self._judge_exactly(chunk, judged)

    def _judge_exactly(self, chunk: Spooled, judged: UnitResults) -> None:
        with reading(chunk):
            records = self._case_by_case.judge(self._case_by_case.found(chunk, None), judged)
        self._case_by_case.write(judged, records)

    def _has_other_keys(self, chunk: Spooled) -> bool:
        """Return true for JSON Lines with renamed keys or passed-through values."""
        columns = self.options.columns
        is_other = bool(columns.renamed) or columns.unknown is Unknown.KEEP
        return is_other and chunk.input.format is InputFormat.JSON_LINES

    def explain(self, chunk: Spooled, numbers: Iterable[int]) -> list[str]:
        """Return the full explanations of some cases of a chunk, a line each."""
        return self._case_by_case.explain(chunk, numbers)
