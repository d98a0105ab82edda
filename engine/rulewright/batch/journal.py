"""The journal of a batch: what was asked and which chunks are done, so that a run that was cut off can go on.

It is a file of JSON lines beside the output. The records of a chunk stand, synced, in the partial files before its line
stands in the journal; what the partial files hold beyond the last line is cut off when the run goes on.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from rulewright.batch.chunks import Position
from rulewright.batch.inputs import Input
from rulewright.batch.tally import Tally

try:
    import fcntl
except ImportError:  # on Windows, where nothing keeps two runs from writing one output
    fcntl = None  # type: ignore[assignment]

#: The version of the journal's own form.
_FORM = 1


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk that is done: its input and where the next begins, how long the partial files are with it, its counts.

    `samples` is how often each situation was sampled so far; `situations` are those that it was the first to have.
    """

    input: int
    end: Position
    written: int
    rejected: int
    tally: Tally
    samples: Mapping[str, int] = field(default_factory=dict)
    situations: Sequence[int] = ()


class Journal:
    """Writes a journal, line by line, each synced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def open(self) -> bytes:
        """Open the journal, which nobody else may write then, and give what stands in it.

        An OSError tells that another run writes it.
        """
        self._file = self._path.open("a+b")
        if fcntl is not None:
            try:  # a lock that no process takes over which this one starts
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                self._file.close()
                raise OSError(errno.EBUSY, "another run is writing it") from None
        self._file.seek(0)
        return self._file.read()

    def clear(self) -> None:
        """Forget all, before the files of an earlier run go."""
        self._cut(0)

    def begin(self, heading: Mapping[str, Any]) -> None:
        """Begin a new journal."""
        self._write({"form": _FORM, **heading})

    def go_on(self, data: bytes) -> None:
        """Go on behind what stood in the journal; a line that was not written to its end goes."""
        self._cut(data.rfind(b"\n") + 1)

    def add(self, done: Done) -> None:
        """Tell that a chunk is done."""
        self._write(
            {
                "input": done.input,
                "offset": done.end.offset,
                "line": done.end.line,
                "written": done.written,
                "rejected": done.rejected,
                "tally": done.tally.to_json(),
                "samples": dict(done.samples),
                "situations": list(done.situations),
            }
        )

    def finish(self, has_rejected: bool) -> None:
        """Tell that all is done, and the files only have to take their places."""
        self._write({"finished": True, "has_rejected": has_rejected})

    def close(self, *, remove: bool = False) -> None:
        """Close the file, and take it away if it has done its duty."""
        if remove:
            self._path.unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()

    def _cut(self, length: int) -> None:
        assert self._file is not None, "a journal is opened first"
        self._file.truncate(length)
        os.fsync(self._file.fileno())

    def _write(self, line: Mapping[str, Any]) -> None:
        assert self._file is not None, "a journal is opened first"
        self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass(frozen=True, slots=True)
class Written:
    """What a journal tells: what was asked, the chunks that are done, and whether all are."""

    heading: Mapping[str, Any]
    done: tuple[Done, ...]
    is_finished: bool
    has_rejected: bool


def read_journal(data: bytes) -> Written | None:
    """What stands in a journal; none where it does not even say what was asked."""
    lines = list(_lines(data))
    if not lines or lines[0].get("form") != _FORM:
        return None
    done = []
    for line in lines[1:]:
        if "finished" not in line:
            position = Position(line["offset"], line["line"])
            tally = Tally.from_json(line["tally"])
            sampled, situations = line["samples"], line["situations"]
            done.append(Done(line["input"], position, line["written"], line["rejected"], tally, sampled, situations))
    last = lines[-1]
    return Written(lines[0], tuple(done), "finished" in last, bool(last.get("has_rejected")))


def _lines(data: bytes) -> Iterator[dict[str, Any]]:
    """The whole lines: the last one may have been cut off."""
    for line in data[: data.rfind(b"\n") + 1].splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def heading_of(inputs: Sequence[Input], asked: Mapping[str, Any], unreadable: Sequence[str] = ()) -> dict[str, Any]:
    """What a journal says at its head: what was asked, the inputs with their sizes and times, those without these."""
    files = [[one.name, one.format.value, one.size, one.modified] for one in inputs]
    # as it comes back from the file, so that the two can be compared
    heading = {"asked": dict(asked), "inputs": [*files, *unreadable]}
    result: dict[str, Any] = json.loads(json.dumps(heading))
    return result
