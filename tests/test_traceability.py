"""Pages of traceability: what `rulewright trace` prints of each shipped edition that lists clauses, without gaps."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import FINE, ROOT, rw

PAGES = ROOT / "docs" / "traceability"
EDITIONS = sorted((ROOT / "rulebook").glob("*/????-??-??.yaml"))


def page(edition: Path) -> Path:
    """The page of an edition."""
    return PAGES / f"{edition.parent.name}-{edition.stem}.md"


def lists_clauses(edition: Path) -> bool:
    """Whether a document of an edition lists its clauses."""
    return "\n    clauses:" in edition.read_text(encoding="utf-8")


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: f"{edition.parent.name}-{edition.stem}")
def test_the_page_of_an_edition(edition: Path, request: pytest.FixtureRequest) -> None:
    if not lists_clauses(edition):
        assert not page(edition).exists(), "the edition lists no clauses"
        return
    ran = rw("trace", edition, "--format", "markdown")
    assert ran.err == ""
    if request.config.getoption("--update-golden"):
        PAGES.mkdir(exist_ok=True)
        page(edition).write_bytes(ran.out.encode())
    assert page(edition).is_file(), "run pytest with --update-golden"
    assert page(edition).read_bytes().decode() == ran.out
    assert ran.status == FINE, "a clause without a rule, or a rule without a test"


def test_there_are_editions_and_every_page_is_of_one() -> None:
    assert len(EDITIONS) >= 3
    pages = set(PAGES.glob("*.md")) - {PAGES / "README.md"}
    assert pages <= {page(edition) for edition in EDITIONS}
