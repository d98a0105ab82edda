"""Spark's own cluster on this machine, of which a worker is lost in the middle of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import test_spark
from clusters import cluster
from commands import ROOT
from test_spark import INTERPRETED, here, new_session, there

pytestmark = test_spark.pytestmark
_CASES = 1_000


def test_a_lost_worker_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workload of the benchmark: filings with three instances each, which a requirement is about, too."""
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.workload import NESTED  # noqa: PLC0415
    from benchmarks.workload.blocks import write_cases  # noqa: PLC0415

    from rulewright.spark.observing import Observation  # noqa: PLC0415

    file = tmp_path / "cases.jsonl"
    write_cases(NESTED, _CASES, file, 7)
    expected = here([file], NESTED.rulebook, "findings")
    infer = Observation._infer
    seen: list[int] = []
    with cluster(tmp_path, 2) as machines:
        options = {
            **INTERPRETED,
            "spark.executor.memory": "512m",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            # four parts of the file, so that both workers have some
            "spark.sql.files.maxPartitionBytes": str(file.stat().st_size // 4),
        }
        session = new_session(machines.master, **options)
        try:
            context: Any = session.sparkContext._jsc.sc()

            def executors() -> int:
                return int(context.getExecutorMemoryStatus().size()) - 1

            def losing(self: Observation, step: Any) -> None:
                if not seen:
                    # the facts are kept on both, of which one is lost before they are read
                    seen.append(executors())
                    machines.kill_worker()
                infer(self, step)

            monkeypatch.setattr(Observation, "_infer", losing)
            came = there(session, [file], NESTED.rulebook, "findings")
            seen.append(executors())
        finally:
            session.stop()
    assert seen == [2, 1]
    assert len(came[0]) == _CASES
    assert came == expected
