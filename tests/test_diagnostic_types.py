"""The declared types of diagnostics: each is raised, each raised code is declared, and each has a page."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import rulewright
from rulewright import Diagnostic, Severity
from rulewright.diagnostic_types import DIAGNOSTIC_TYPES

ROOT = Path(__file__).parent.parent
ENGINE = Path(rulewright.__file__).parent
PAGES = ROOT / "docs" / "diagnostics"
CODE = re.compile(r"[FIRSTUW]\d{3}")
#: The example of a code that no diagnostic has.
UNDECLARED_ON_PURPOSE = {"R011"}
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def raised_codes(source: str) -> set[str]:
    """Return the codes in the string literals of a module, except where they are only compared or listed."""
    return set(_raised(ast.parse(source), is_top=True))


def _raised(node: ast.AST, *, is_top: bool) -> Iterator[str]:
    if isinstance(node, ast.Compare) or (is_top and isinstance(node, ast.Assign | ast.AnnAssign)):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _raised(child, is_top=isinstance(node, ast.Module))


MODULES = [path for path in sorted(ENGINE.rglob("*.py")) if path.name != "diagnostic_types.py"]
RAISED: dict[str, Path] = {
    code: path.relative_to(ENGINE) for path in MODULES for code in raised_codes(path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('def f(report):\n    report.add("R003", "wrong")', {"R003"}),
        ('def f(x):\n    code = "F004" if x else "F003"\n    return Diagnostic(code, "wrong")', {"F003", "F004"}),
        ('def f(code: str = "S012"):\n    return Diagnostic(code, "wrong")', {"S012"}),
        ('def f(x):\n    return x.code == "R003" or x.code in ("F001", "F002")', set()),
        ('_SHOWN = "R035"\n_ERRORS: tuple[str, ...] = ("F010",)', set()),
        ('def f():\n    return Diagnostic("X001", "R003 is not a code here")', set()),
    ],
)
def test_the_search_for_raised_codes(source: str, codes: set[str]) -> None:
    assert raised_codes(source) == codes


@pytest.mark.parametrize("code", sorted(RAISED))
def test_a_raised_code_is_declared(code: str) -> None:
    assert code in DIAGNOSTIC_TYPES, f"{RAISED[code]} raises {code}"


@pytest.mark.parametrize("code", DIAGNOSTIC_TYPES)
def test_a_declared_code_is_raised(code: str) -> None:
    assert code in RAISED


def test_codes_are_declared_once_and_in_order() -> None:
    tree = ast.parse((ENGINE / "diagnostic_types.py").read_text(encoding="utf-8"))
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    codes = [value for value in values if isinstance(value, str) and CODE.fullmatch(value)]
    assert Counter(codes) == Counter(DIAGNOSTIC_TYPES.keys())
    assert list(DIAGNOSTIC_TYPES) == sorted(DIAGNOSTIC_TYPES)


@pytest.mark.parametrize("code", DIAGNOSTIC_TYPES)
def test_a_declared_code_has_a_page(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    declared = DIAGNOSTIC_TYPES[code]
    assert page.startswith(f"# {code}: {declared.title}\n\n")
    assert page.index("\n## Example\n") < page.index("\n## What to do\n")
    assert f"| [{code}]({code}.md) | {declared.title} |\n" in (PAGES / "README.md").read_text(encoding="utf-8")
    assert page.split("\n\n")[1].startswith("A warning.") == (declared.severity is Severity.WARNING)


@pytest.mark.parametrize("page", sorted(path.stem for path in PAGES.glob("*.md") if path.stem != "README"))
def test_a_page_belongs_to_a_declared_code(page: str) -> None:
    assert page in DIAGNOSTIC_TYPES


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("*.md")))
def test_links_of_pages_lead_somewhere(page: str) -> None:
    for target in _LINK.findall((PAGES / page).read_text(encoding="utf-8")):
        assert (PAGES / target).is_file(), target


@pytest.mark.parametrize(
    "file", ["README.md", *sorted(f"docs/{one.relative_to(ROOT / 'docs')}" for one in (ROOT / "docs").rglob("*.md"))]
)
def test_documents_name_declared_codes(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    codes = set(re.findall(rf"(?<![\w-]){CODE.pattern}(?![\w-])", text))
    assert codes - DIAGNOSTIC_TYPES.keys() - UNDECLARED_ON_PURPOSE == set()


@pytest.mark.parametrize(
    ("code", "severity"), [("R001", "error"), ("W001", "warning"), ("I006", "warning"), ("U035", "warning")]
)
def test_the_severity_of_a_diagnostic_is_the_declared_one(code: str, severity: str) -> None:
    assert Diagnostic(code, "wrong").severity is Severity(severity)
