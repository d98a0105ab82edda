"""Workers at work: chunks in, what came of them out, in the order of the chunks, on so many cores."""

from __future__ import annotations

import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

from rulewright.batch.chunks import Chunk
from rulewright.batch.options import Options
from rulewright.batch.programs import Programs
from rulewright.batch.worker import Judged, Worker

#: A chunk with the columns of its file.
Work: TypeAlias = tuple[Chunk, tuple[str, ...]]

_of_process: list[Worker] = []


def judge_all(works: Iterator[Work], options: Options, programs: Programs, folder: Path, jobs: int) -> Iterator[Judged]:
    """What came of each chunk, in their order.

    What is judged in columns runs in threads, as DuckDB leaves Python alone; what is judged case by case in processes.
    """
    first = Worker(options, programs, folder)
    if jobs == 1:
        yield from (first.judge(*work) for work in works)
        return
    if first.is_columnar:
        workers = threading.local()

        def judge(work: Work) -> Judged:
            if not hasattr(workers, "own"):
                workers.own = Worker(options, programs, folder)
            own: Worker = workers.own
            return own.judge(*work)

        with ThreadPoolExecutor(jobs) as threads:
            yield from _in_order(works, lambda work: threads.submit(judge, work), jobs)
        return
    start = next(works, None)
    second = next(works, None)
    if start is None or second is None:  # a pool is not worth its start
        yield from (first.judge(*work) for work in (start, second) if work is not None)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, _begin, (options, folder)) as processes:
        both = _chained([start, second], works)
        yield from _in_order(both, lambda work: processes.submit(_judge, work), jobs)


def _chained(first: list[Work], rest: Iterator[Work]) -> Iterator[Work]:
    yield from first
    yield from rest


def _in_order(works: Iterator[Work], submit: Callable[[Work], Future[Judged]], jobs: int) -> Iterator[Judged]:
    """Keep all workers at work, with one more chunk read, and no more than that in memory."""
    waiting: deque[Future[Judged]] = deque()
    try:
        for work in works:
            waiting.append(submit(work))
            if len(waiting) > jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _begin(options: Options, folder: Path) -> None:
    _of_process.append(Worker(options, Programs(options), folder))


def _judge(work: Work) -> Judged:
    return _of_process[0].judge(*work)
