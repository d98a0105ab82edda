"""The journal of a batch: its options and its finished chunks, so that an interrupted run can be resumed.

The journal is a file of JSON lines beside the output. The records of a chunk are synced to the partial files before
the journal gets the chunk's line. A resumed run truncates the partial files to the lengths in the last line.
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
except ImportError:  # on Windows, which has no lock against two runs with one output
    fcntl = None  # type: ignore[assignment]

#: The version of the journal's format.
_FORM = 1


@dataclass(frozen=True, slots=True)
class Done:
    """A finished chunk: its input, its end, the lengths of the partial files after it, and its counts.

    `samples` counts how often each situation has been sampled so far. `situations` are the situations that no earlier
    chunk had.
    """

    input: int
    end: Position
    written: int
    rejected: int
    tally: Tally
    samples: Mapping[str, int] = field(default_factory=dict)
    situations: Sequence[int] = ()


class Journal:
    """Writes a journal line by line and syncs each line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def open(self) -> bytes:
        """Open and lock the journal, and return its content.

        Raise an OSError if another run has locked it.
        """
        self._file = self._path.open("a+b")
        if fcntl is not None:
            try:  # unlike flock, child processes do not inherit this lock
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                self._file.close()
                raise OSError(errno.EBUSY, "another run is writing it") from None
        self._file.seek(0)
        return self._file.read()

    def clear(self) -> None:
        """Empty the journal before the files of an earlier run are removed."""
        self._cut(0)

    def begin(self, heading: Mapping[str, Any]) -> None:
        """Write the heading of a new journal."""
        self._write({"form": _FORM, **heading})

    def go_on(self, data: bytes) -> None:
        """Continue after the content of the journal; remove an incomplete last line."""
        self._cut(data.rfind(b"\n") + 1)

    def add(self, done: Done) -> None:
        """Record a finished chunk."""
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
        """Record that all chunks are finished, so that only moving the files to their places remains."""
        self._write({"finished": True, "has_rejected": has_rejected})

    def close(self, *, remove: bool = False) -> None:
        """Close the journal; with `remove`, also delete it."""
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
    """The content of a journal: its heading, the finished chunks, and the state of the run."""

    heading: Mapping[str, Any]
    done: tuple[Done, ...]
    is_finished: bool
    has_rejected: bool


def read_journal(data: bytes) -> Written | None:
    """Parse a journal; return None if its heading is missing or has another version."""
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
    """Yield the complete lines as JSON; an interrupted run may have truncated the last one."""
    for line in data[: data.rfind(b"\n") + 1].splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def heading_of(inputs: Sequence[Input], asked: Mapping[str, Any], unreadable: Sequence[str] = ()) -> dict[str, Any]:
    """Return the heading of a journal: the options, the inputs with sizes and times, and the unreadable inputs."""
    files = [[one.name, one.format.value, one.size, one.modified] for one in inputs]
    # the JSON round trip makes it comparable with a heading read from a file
    heading = {"asked": dict(asked), "inputs": [*files, *unreadable]}
    result: dict[str, Any] = json.loads(json.dumps(heading))
    return result
