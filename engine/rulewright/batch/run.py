"""A whole batch: inputs to output, chunk by chunk, with a journal so that the run can be resumed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeAlias

from rulewright.batch.accounts import miscounted, nothing_evaluated
from rulewright.batch.chunks import (
    CHUNK_BYTES,
    DamagedInputError,
    Position,
    Together,
    read_chunks,
    same_case,
    same_case_in_rows,
)
from rulewright.batch.columns import Unknown
from rulewright.batch.extras import extra_names, with_extras
from rulewright.batch.hashing import InputHashes
from rulewright.batch.headers import Header, read_header_of, unused_columns
from rulewright.batch.in_place import chunks_in_place, is_in_place
from rulewright.batch.inputs import Compression, Input, InputFormat
from rulewright.batch.journal import Done, Journal, Written, heading_of, read_journal
from rulewright.batch.options import Detail, Options, Request
from rulewright.batch.output import Output
from rulewright.batch.output_paths import Paths
from rulewright.batch.pool import judge_all
from rulewright.batch.programs import Programs
from rulewright.batch.progress import Bar
from rulewright.batch.records import shape_of, shape_of_view
from rulewright.batch.rejected import Rejected
from rulewright.batch.report import MAXIMUM_COUNTED, BatchReport
from rulewright.batch.spool import Spool, Spooled, damaged, temporary_folder
from rulewright.batch.storage import writing
from rulewright.batch.tally import Tally
from rulewright.batch.units import MAXIMUM_FILES_IN_UNIT, SMALL_BYTES, UnitResults, in_units
from rulewright.batch.unpacking import Opener
from rulewright.batch.worker import Worker
from rulewright.catalogue import find_rulebook
from rulewright.diagnostics import Diagnostic, Span
from rulewright.engines import engine_name
from rulewright.model.run import RunInput

#: The chunk size in bytes on the exact path, which takes longer for each case.
_EXACT_BYTES = 512 * 1024


#: Writes a companion file of the output, such as the summary, to a temporary name; the result moves it into place.
Stage: TypeAlias = Callable[[BatchReport], Callable[[], None]]


def run_batch(
    inputs: Sequence[Input],
    options: Options,
    request: Request,
    unreadable: Sequence[Diagnostic] = (),
    stage: Stage | None = None,
    opener: Opener | None = None,
) -> BatchReport:
    """Evaluate the inputs and write the results; `stage` writes companion files such as the summary.

    Unreadable inputs do not stop the run: they are counted as rejected, as are the inputs in `unreadable`. If no input
    is readable, nothing is written. `opener` may have opened some of the inputs already.
    """
    programs = Programs(options)
    kinds = programs.default.program.rulebook.kinds
    kind = None if options.rows is None else kinds[options.rows.kind]
    opener = opener or Opener()
    headers = [read_header_of(one, kind, options.rows, opener, options.columns) for one in inputs]
    unused = unused_columns(options.columns, inputs, headers)
    if unused:
        return BatchReport(Tally(), diagnostics=unused, is_whole=False)
    wrong = [(one,) for one in unreadable] + [header.diagnostics for header in headers if header.diagnostics]
    inputs = [replace(one, form=header.form) for one, header in zip(inputs, headers, strict=True)]
    extra, clashes = extra_names(inputs, headers, options)
    if clashes:
        return BatchReport(Tally(), diagnostics=clashes, is_whole=False)
    options = replace(options, extra=extra)
    sound = [(one, header) for one, header in zip(inputs, headers, strict=True) if not header.diagnostics]
    if wrong and not sound:
        return BatchReport(Tally(), diagnostics=[one for some in wrong for one in some], is_whole=False)
    batch = _Batch(
        [source for source, _ in sound],
        [header for _, header in sound],
        options,
        request,
        programs,
        opener,
        [Rejected(0, 1, None, some, rows=0) for some in wrong],
        stage,
    )
    return batch.run()


class _Batch:
    def __init__(
        self,
        inputs: Sequence[Input],
        headers: Sequence[Header],
        options: Options,
        request: Request,
        programs: Programs,
        opener: Opener,
        unreadable: Sequence[Rejected],
        stage: Stage | None,
    ) -> None:
        self.inputs = inputs
        self.headers = headers
        self.options = options
        self.request = request
        self.programs = programs
        self.opener = opener
        self.unreadable = unreadable
        self.stage = stage
        self.hashes = InputHashes(opener) if request.is_hashed else None
        self.started = time.monotonic()
        #: The index of each input, and the number of bytes before it.
        self.numbers = {source.name: number for number, source in enumerate(inputs)}
        self.before = list(accumulate((max(1, source.size) for source in inputs), initial=0))
        self.paths = None if request.output is None else Paths(request.output)
        self.report = BatchReport(Tally())
        self.sampled: Counter[str] = Counter()
        self.situations: set[int] = set()

    def run(self) -> BatchReport:
        heading = heading_of(self.inputs, _asked(self.options), [one.lines() for one in self.unreadable])
        journal = None if self.paths is None else Journal(self.paths.journal)
        output = Output(self.paths, self.options.format, self._types(), self.request.device)
        with writing(self.target):
            data = b"" if journal is None else journal.open()
        written = self._earlier(heading, data)
        for one in self.unreadable:
            self.report.diagnostics += one.diagnostics
            self.report.tally.add(one.tally())
        is_done = False
        try:
            if isinstance(written, Diagnostic):
                self.report.diagnostics.append(written)
                self.report.is_whole = False
                self._complete_report()
            elif written is not None and written.is_finished:
                self._take_over(written)
                self._place(output, written.has_rejected)
                is_done = True
            else:
                self._write(output, journal, heading, written, data)
                is_done = True
        finally:
            output.close()
            if journal is not None:
                journal.close(remove=is_done)
        return self.report

    def _write(
        self,
        output: Output,
        journal: Journal | None,
        heading: dict[str, Any],
        written: Written | None,
        data: bytes,
    ) -> None:
        """Evaluate the remaining chunks and move the files to their places."""
        begin = (0, self.headers[0].start if self.headers else Position())
        with writing(self.target):
            if written is not None and journal is not None:
                journal.go_on(data)
                begin = self._go_on(written, output)
            else:
                if journal is not None:
                    journal.clear()
                self._begin(output)
                if journal is not None:
                    journal.begin(heading)
        self._judge(begin, output, journal)
        mistake = miscounted(self.report.tally) or nothing_evaluated(self.report.tally)
        if self.report.is_whole and mistake is not None:
            self.report.is_whole = False
            self.report.diagnostics.append(mistake)
        if not self.report.is_whole:
            with writing(self.target):
                self._stop(output)
            self._staged()()
            return
        with writing(self.target):
            output.finish()
            if journal is not None:
                journal.finish(output.rejected > 0)
        self._place(output, output.rejected > 0)

    def _place(self, output: Output, has_rejected: bool) -> None:
        """Move all files to their places once all of them have been written."""
        place = self._staged()
        if self.paths is not None:
            with writing(self.target):
                output.place(has_rejected)
        place()

    def _staged(self) -> Callable[[], None]:
        self._complete_report()
        return (lambda: None) if self.stage is None else self.stage(self.report)

    @property
    def target(self) -> Path | str:
        """Return the name of the output in messages."""
        return self.request.output or self.request.device or "standard output"

    def _types(self) -> Mapping[str, str]:
        """Return the columns of the output with their types."""
        rulebook = self.programs.default.program.rulebook
        view = None if self.options.view is None else rulebook.views[self.options.view]
        if view is not None:
            return with_extras(shape_of_view(rulebook, view, self.options.format), self.options).columns
        return with_extras(shape_of(self.options.format, self.options.detail), self.options).columns

    # --- resuming ---

    def _earlier(self, heading: dict[str, Any], data: bytes) -> Written | Diagnostic | None:
        """Return the journal of the earlier run to resume; a diagnostic if it cannot be resumed, None without one."""
        written = read_journal(data) if self.request.resume else None
        if written is None or self.paths is None:
            return None
        before = dict(written.heading["asked"])
        self.options = replace(self.options, today=date.fromisoformat(before["today"]))
        asked = {**heading["asked"], "today": before["today"]}
        changed = [name for name in asked if asked[name] != before.get(name)]
        if heading["inputs"] != written.heading["inputs"]:
            changed.append("inputs")
        if changed:
            message = f"the earlier run cannot be resumed: other {', '.join(sorted(changed))}"
            help_ = "begin anew, without --resume"
            return Diagnostic("U008", message, Span(str(self.paths.journal)), help_)
        return written

    def _take_over(self, written: Written) -> None:
        for done in written.done:
            self.report.tally.add(done.tally)
            self.situations.update(done.situations)
        if written.done:
            self.sampled.update(written.done[-1].samples)

    def _begin(self, output: Output) -> None:
        output.begin()
        output.add(None, "".join(one.lines() for one in self.unreadable))

    def _go_on(self, written: Written, output: Output) -> tuple[int, Position]:
        self._take_over(written)
        if not written.done:
            self._begin(output)
            return 0, self.headers[0].start
        last = written.done[-1]
        output.go_on(last.written, last.rejected)
        return last.input, last.end

    # --- evaluation ---

    def _judge(self, begin: tuple[int, Position], output: Output, journal: Journal | None) -> None:
        total = sum(max(1, one.size) for one in self.inputs)
        needed = (self.request.jobs + 3) * (self.request.chunk_bytes or _most_bytes(self.options))
        with temporary_folder(needed, self.request.output) as folder:
            explainer = Worker(self.options, self.programs, Path(folder)) if self.options.sample else None
            bar = Bar(self.request.progress, total, self.report.tally)
            chunks = in_units(self._chunks(begin, Spool(Path(folder))))
            try:
                several = self._are_several()
                jobs = self.request.jobs
                for judged in judge_all(chunks, self.options, self.programs, Path(folder), jobs, are_several=several):
                    self._take(judged, output, journal, explainer)
                    if not self.report.is_whole:
                        return
                    bar.at(self._reached(judged.chunk), self.report.tally)
                    limit = self.request.maximum_rejected
                    if limit is not None and self.report.tally.rejected > limit:
                        self.report.is_whole = False
                        message = f"more than {limit:,} cases are rejected"
                        help_ = "mend them, or leave out --max-rejected"
                        self.report.diagnostics.append(Diagnostic("U007", message, help=help_))
                        return
            finally:
                bar.end()

    def _chunks(self, begin: tuple[int, Position], spool: Spool) -> Iterator[Spooled]:
        first, start = begin
        for number in range(first, len(self.inputs)):
            source, header = self.inputs[number], self.headers[number]
            position = start if number == first else header.start
            size, grouping = self._chunk_bytes(source), self._grouping(source, header)
            try:
                together, case_column = grouping
                # Do not group small files with samples or passed-through values, which need the chunk of each file.
                # Tests that set the chunk size turn grouping off, too.
                is_small = source.size <= SMALL_BYTES and not self.options.sample and self.request.chunk_bytes is None
                is_small = is_small and not source.is_stream and self.options.columns.unknown is not Unknown.KEEP
                if is_in_place(source) and not is_small:
                    chunks = chunks_in_place(source, position, size, together)
                else:
                    chunks = read_chunks(source, position, self.opener, size, together, case_column)
                for chunk in chunks:
                    yield spool.put(chunk, header.columns, header.extra, SMALL_BYTES if is_small else 0)
            except DamagedInputError as error:
                yield damaged(error)

    def _are_several(self) -> bool:
        """Return true if there are certainly several chunks."""
        if len(self.inputs) > MAXIMUM_FILES_IN_UNIT and not self.options.sample:
            return True
        return any(is_in_place(one) and one.size > 2 * self._chunk_bytes(one) for one in self.inputs)

    def _chunk_bytes(self, source: Input) -> int:
        if self.request.chunk_bytes is not None:
            return self.request.chunk_bytes
        if Worker.is_exact(self.options):
            return _EXACT_BYTES
        most = _most_bytes(self.options)
        if (
            source.size and source.compression is Compression.NONE
        ):  # the same number of chunks for each process, if possible
            jobs = self.request.jobs
            chunks = jobs * -(-source.size // (jobs * most))
            return max(CHUNK_BYTES // 8, source.size // chunks + 1)
        return most

    def _grouping(self, source: Input, header: Header) -> tuple[Together | None, str | None]:
        rows = self.options.rows
        if rows is None:
            return None, None
        match source.format:
            case InputFormat.JSON_LINES:
                return same_case(source.name, self.options.columns.keys_of(rows.case)), None
            case InputFormat.CSV if rows.case in header.columns:
                return same_case_in_rows(source, header.columns.index(rows.case)), None
            case InputFormat.PARQUET if rows.case in header.columns:
                return None, header.names[header.columns.index(rows.case)]
            case _:
                return None, None

    def _take(self, judged: UnitResults, output: Output, journal: Journal | None, explainer: Worker | None) -> None:
        self.report.tally.add(judged.tally)
        met = [] if len(self.situations) >= MAXIMUM_COUNTED else sorted({*judged.situations} - self.situations)
        self.situations.update(met)
        rejected = "".join(one.lines() for one in judged.rejected)
        lines = [] if explainer is None else self._sample(judged, explainer)
        if lines is None:
            return
        with writing(self.target):
            output.add(judged.piece if explainer is None else None, rejected)
            for line in lines:
                output.add_text(line)
            judged.piece.unlink(missing_ok=True)
            judged.chunk.remove()
            output.sync()
            if journal is not None:
                place = self._behind(judged.chunk)
                sampled = dict(self.sampled)
                journal.add(Done(*place, output.written, output.rejected, judged.tally, sampled, met))
        if self.paths is None:
            self.report.rejected += judged.rejected
        if self.hashes is not None:
            self.hashes.advance(judged.chunk.input, judged.chunk.end.offset)

    def _sample(self, judged: UnitResults, explainer: Worker) -> list[str] | None:
        """Return the lines of the sampled cases of a chunk; None if the input has changed, which ends the run."""
        chosen = self._chosen(judged)
        try:
            return explainer.explain(judged.chunk, chosen) if chosen else []
        except DamagedInputError as error:
            self.report.diagnostics.append(error.diagnostic)
            self.report.is_whole = False
            return None

    def _behind(self, chunk: Spooled) -> tuple[int, Position]:
        """Return the index of the input and the position that follow a chunk."""
        number = self.numbers[chunk.input.name]
        if chunk.damage is None:
            return number, chunk.end
        return number + 1, self.headers[number + 1].start if number + 1 < len(self.headers) else Position()

    def _chosen(self, judged: UnitResults) -> list[int]:
        """Return the cases of a chunk with a situation that still needs samples, in order."""
        chosen = []
        for number, situations in sorted(judged.samples.items()):
            if any(self.sampled[one] < self.options.sample for one in situations):
                chosen.append(number)
                self.sampled.update(set(situations))
        return chosen

    def _reached(self, chunk: Spooled) -> int:
        """Return the number of finished bytes of all inputs, as stored in their files."""
        before = self.before[self.numbers[chunk.input.name]]
        if chunk.input.compression is not Compression.NONE or chunk.input.format is InputFormat.PARQUET:
            return before
        return before + min(chunk.end.offset, chunk.input.size)

    def _stop(self, output: Output) -> None:
        """End the run early: keep the file of rejected cases, but discard the output."""
        output.sync()
        output.close()
        if self.paths is not None:
            if self.paths.rejected_partial.exists():
                self.paths.rejected_partial.replace(self.paths.rejected)
            output.discard()

    def _complete_report(self) -> None:
        self.report.seconds = time.monotonic() - self.started
        if self.hashes is not None:
            unread = (one.diagnostics[0].span for one in self.unreadable)
            self.report.inputs = [self.hashes.finish(one) for one in self.inputs]
            self.report.inputs += [RunInput(span.file, None, None) for span in unread if span is not None]
        if self.options.view is not None:
            self.report.view = self.programs.default.program.rulebook.views[self.options.view]
        self.report.situations = min(MAXIMUM_COUNTED, len(self.situations))
        rulebook, digest = self.programs.default.program.rulebook, self.programs.default.program.digest
        self.report.programs = sorted(self.report.tally.programs) or [(rulebook.name, str(rulebook.edition), digest)]
        self.report.notices = sorted(self.report.tally.notices)


def _most_bytes(options: Options) -> int:
    """Return the chunk size in bytes on the fast path.

    The statements for a chunk take as long as evaluating thousands of cases, so chunks are large. The findings of cases
    with several facts take many times the memory of the facts, so those chunks are smaller.
    """
    if options.detail is Detail.VERDICT:
        return 2 * CHUNK_BYTES
    return CHUNK_BYTES if options.rows is not None else CHUNK_BYTES // 2


def _asked(options: Options) -> dict[str, Any]:
    """Return the options that must be the same for a run to be resumed."""
    found = find_rulebook(options.rulebook)
    files = [] if isinstance(found, Diagnostic) else [found.single] if found.single else list(found.files.values())
    digest = sha256()
    for file in sorted(file for file in files if file is not None):
        digest.update(file.name.encode() + b"\0" + sha256(file.read_bytes()).digest())
    return {
        "rulebook": digest.hexdigest(),
        "engine": engine_name(options.engine),
        "edition": str(options.edition),
        "as_of": str(options.as_of),
        "today": options.today.isoformat(),
        "format": options.format.value,
        "detail": options.detail.value,
        "rows": None if options.rows is None else [options.rows.kind, options.rows.ref, options.rows.case],
        "by": [list(one) for one in options.by],
        "sample": options.sample,
        "view": options.view,
        "columns": options.columns.to_json(),
    }
