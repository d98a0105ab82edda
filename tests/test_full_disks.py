"""Disks that are full: a run ends with U005, nothing takes its place, and the journal is kept."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands import AT_FAULT, REJECTED, environment, rw, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind"),
]
WORDS = ["--kind", "instance", "-r", "alibaba-cloud-icp-filing", "--as-of", "2023-10-15", "--detail", "verdict"]


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Rows of about half a megabyte, some of them bad."""
    rows = (
        {
            "ref": f"w{number}",
            "service_type": "ecs",
            "region": "cn-hangzhou",
            "billing": "x" if number % 50 == 0 else None,
        }
        for number in range(6_000)
    )
    kept = ({key: value for key, value in row.items() if value is not None} for row in rows)
    return write(tmp_path / "big.jsonl", "".join(json.dumps(row) + "\n" for row in kept))


def limited(limit: int, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot write a file of more bytes than this."""

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "rulewright", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        preexec_fn=limit_files,
        timeout=120,
    )


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("limit", [1, 20_000, 150_000])
def test_files_that_cannot_grow(limit: int, format_: str, facts: Path, tmp_path: Path) -> None:
    expected, output = tmp_path / "expected", tmp_path / "out"
    asked = [*WORDS, "--format", format_, "-j", "1"]
    assert rw("check", facts, *asked, "-o", expected).status == REJECTED
    write(output, "from before\n")
    ran = limited(limit, "check", facts, *asked, "-o", output)
    if ran.returncode == REJECTED:  # the limit was enough for the files of this format
        assert output.read_bytes() == expected.read_bytes()
        return
    assert ran.returncode == AT_FAULT, ran.stderr
    assert ran.stderr.startswith("U005 "), ran.stderr
    assert output.read_text() == "from before\n"
    assert not output.with_name("out.rejected.jsonl").exists()
    assert rw("check", facts, *asked, "-o", output, "--resume").status == REJECTED
    assert output.read_bytes() == expected.read_bytes()
    rejected = [path.with_name(f"{path.name}.rejected.jsonl").read_bytes() for path in (output, expected)]
    assert rejected[0] == rejected[1]


def has_mounts() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.skipif(not has_mounts(), reason="mounting takes root")
@pytest.mark.parametrize(("jobs", "kilobytes"), [("1", 300), ("1", 30), ("2", 300)])
def test_a_full_folder_for_temporary_files(jobs: str, kilobytes: int, facts: Path, tmp_path: Path) -> None:
    output, small = write(tmp_path / "out", "from before\n"), tmp_path / "small"
    small.mkdir()
    asked = [*WORDS, "--format", "jsonl", "-j", jobs, "--chunk-bytes", "400000"]
    command = [sys.executable, "-m", "rulewright", "check", str(facts), *asked, "-o", str(output)]
    script = (
        'mount -t tmpfs -o size=4k tmpfs /dev/shm && mount -t tmpfs -o size="$1"k tmpfs "$2" && shift 2 && exec "$@"'
    )
    ran = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", str(kilobytes), str(small), *command],
        capture_output=True,
        text=True,
        check=False,
        env=environment(TMPDIR=str(small)),
        timeout=120,
    )
    assert (ran.returncode, ran.stderr[:5]) == (AT_FAULT, "U005 "), ran.stderr
    assert output.read_text() == "from before\n"
    assert (tmp_path / "out.journal").stat().st_size > 0
    assert rw("check", facts, *asked, "-o", output, "--resume").status == REJECTED
    assert len(output.read_text().splitlines()) == 6_000 - 120


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("format_", ["text", "json", "html", "markdown", "junit", "sarif", "oscal", "jsonl", "csv"])
def test_a_device_that_is_full(format_: str, tmp_path: Path) -> None:
    case = write(tmp_path / "case.yaml", "instance: {service_type: ecs}\n")
    ran = rw("check", case, "-r", "alibaba-cloud-icp-filing", "--format", format_, "-o", "/dev/full")
    assert (ran.status, ran.codes) == (AT_FAULT, ["U005"]), ran.err
    assert "--resume" not in ran.err
