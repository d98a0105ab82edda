"""Evaluate units of work in several processes, and return the results in the order of the units."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, TimeoutError as FutureTimeoutError
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, islice
from multiprocessing.context import BaseContext
from pathlib import Path

from rulewright.batch.options import Options
from rulewright.batch.programs import Programs
from rulewright.batch.storage import WriteError, writing
from rulewright.batch.units import Unit, UnitResults
from rulewright.batch.worker import Worker

#: The programs that a forked process inherits, and the worker of each process.
_inherited: list[Programs] = []
_own: list[Worker] = []
#: The exception if a process failed to start; the process raises it for its first unit.
_failed: list[Exception] = []
#: The interval in seconds of the check that the pool's threads still run.
_SECONDS = 1.0


def judge_all(
    units: Iterator[Unit],
    options: Options,
    programs: Programs,
    folder: Path,
    jobs: int,
    *,
    are_several: bool = False,
) -> Iterator[UnitResults]:
    """Yield the results of each unit in order; `jobs` processes evaluate several units.

    With `are_several`, the processes start while the first unit is read.
    """
    first = list(islice(units, 2)) if jobs > 1 and not are_several else []
    if jobs == 1 or (len(first) < 2 and not are_several):
        worker = Worker(options, programs, folder)
        yield from map(worker.judge, chain(first, units))
        return
    _inherited[:] = [programs]
    before = set(multiprocessing.active_children())
    try:
        with _starting():
            pool = ProcessPoolExecutor(jobs, _context(), _begin, (options, folder))
        # the pool's threads can also fail during shutdown, when they meet cancelled futures
        with _failures_of_threads() as failures, pool as processes:
            try:
                with _starting():
                    processes.submit(_get_ready)  # starts all processes
                yield from _in_order(chain(first, units), processes, jobs, failures)
            except BaseException:
                # the results are no longer needed, and a large chunk would delay the end of the run for seconds
                for process in set(multiprocessing.active_children()) - before:
                    process.terminate()
                raise
    finally:
        _inherited.clear()


def _starting() -> AbstractContextManager[None]:
    """Report why processes or their shared memory cannot be created."""
    return writing("shared memory for several processes", "free space in /dev/shm, or use --jobs 1")


def _context() -> BaseContext:
    """Return the fork context, which starts fast and shares loaded modules; spawn if this process has threads."""
    if "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


@contextmanager
def _failures_of_threads() -> Iterator[list[BaseException]]:
    """Collect exceptions that end threads: the pool waits forever for results that such a thread had to deliver."""
    failures: list[BaseException] = []
    before = threading.excepthook
    threading.excepthook = lambda told: failures.append(told.exc_value or MemoryError())
    try:
        yield failures
    finally:
        threading.excepthook = before


def _result(future: Future[UnitResults], failures: Sequence[BaseException]) -> UnitResults:
    while True:
        try:
            return future.result(_SECONDS)
        except FutureTimeoutError:  # TimeoutError, from Python 3.11 on
            if future.done():
                return future.result()
            if failures:
                raise failures[0] from None


def _in_order(
    units: Iterator[Unit], processes: ProcessPoolExecutor, jobs: int, failures: Sequence[BaseException]
) -> Iterator[UnitResults]:
    """Yield results in order, with at most two more pending units than processes, which bounds memory."""
    waiting: deque[Future[UnitResults]] = deque()
    try:
        for unit in units:
            waiting.append(processes.submit(_judge, unit))
            if len(waiting) > jobs + 1:
                yield _result(waiting.popleft(), failures)
        while waiting:
            yield _result(waiting.popleft(), failures)
    finally:
        for future in waiting:
            future.cancel()


def _begin(options: Options, folder: Path) -> None:
    # the process that started this one ends it, and reports why
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    try:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    except RuntimeError as error:
        _failed[:] = [error]
        return
    try:
        _own[:] = [Worker(options, _inherited[0] if _inherited else Programs(options), folder)]
    except WriteError as error:  # an exception here would look like a killed process
        _failed[:] = [error]
        return
    _own[0].get_ready()
    gc.freeze()  # existing objects live on, so collections need not traverse them


def _end_with(parent: int) -> None:
    """End this process if its parent was killed, because a killed parent cannot stop it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _get_ready() -> None:
    """Do nothing: submitting this makes the pool start its processes."""


def _judge(unit: Unit) -> UnitResults:
    if _failed:
        raise _failed[0]
    return _own[0].judge(unit)
