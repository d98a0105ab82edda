"""Apache Spark's own standalone cluster in tests: a master and workers, each a process on this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_LONGEST_START = 90


@dataclass(slots=True)
class Cluster:
    """A master by its address, and its workers."""

    master: str
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> None:
        """Start a worker with one core, whose executors are processes of their own."""
        number = len(self.workers)
        words = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
        words += ["--work-dir", str(self.folder / f"worker-{number}"), self.master]
        log = self.folder / f"worker-{number}.log"
        self.workers.append(_start("org.apache.spark.deploy.worker.Worker", words, log))
        _wait_for("Successfully registered with master", log)

    def kill_worker(self) -> None:
        """End the last worker with its executors, as a machine does that loses its power."""
        worker = self.workers.pop()
        for process in [*_children(worker.pid), worker.pid]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        worker.wait()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A master with so many workers, which end with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "master.log"
    words = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    master = _start("org.apache.spark.deploy.master.Master", words, log)
    made = Cluster(f"spark://127.0.0.1:{port}", folder)
    try:
        _wait_for("I have been elected leader", log)
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        while made.workers:
            made.kill_worker()
        master.kill()
        master.wait()


def _start(name: str, words: list[str], log: Path) -> subprocess.Popen[bytes]:
    import pyspark  # noqa: PLC0415  is not there for everybody

    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"}
    with log.open("wb") as output:
        return subprocess.Popen([program, name, *words], stdout=output, stderr=output, env=environment)


def _wait_for(text: str, log: Path) -> None:
    end = time.monotonic() + _LONGEST_START
    while text not in log.read_text(errors="replace"):
        assert time.monotonic() < end, log.read_text(errors="replace")
        time.sleep(0.1)


def _children(process: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == process:
                found.append(int(status.parent.name))
    return found
