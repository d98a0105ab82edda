"""Settings that all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Whole rulebooks are drawn, which takes longer than Hypothesis likes.
_CHECKS = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
    HealthCheck.filter_too_much,
)
settings.register_profile("dev", max_examples=60, deadline=None, suppress_health_check=_CHECKS)
settings.register_profile("brief", max_examples=15, deadline=None, suppress_health_check=_CHECKS)
settings.register_profile("few", max_examples=3, deadline=None, suppress_health_check=_CHECKS)
settings.register_profile("nightly", max_examples=10_000, deadline=None, suppress_health_check=_CHECKS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# The time of runs, so that the same run has the same bytes.
os.environ["SOURCE_DATE_EPOCH"] = "1780302600"
# Rulebooks are linted each time, and nothing is left in the folder of the user.
os.environ["RULEWRIGHT_CACHE"] = ""

_GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")
    parser.addoption("--pictures", metavar="FOLDER", help="where a browser puts pictures of the reports to look at")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of this name, byte for byte, or write that file."""
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = _GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"{path} is not there: run pytest with --update-golden"
        assert text == path.read_bytes().decode()

    return compare
