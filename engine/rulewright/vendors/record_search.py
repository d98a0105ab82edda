"""Lookup of the records in an answer, by the paths of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.answer_files import STANDARD_INPUT, VendorAnswer
from rulewright.vendors.display import Json, Path, described, shown, spelled
from rulewright.vendors.envelopes import error_answer, unwrap
from rulewright.vendors.key_spellings import find_key
from rulewright.vendors.tables import Finding, Importer, Members, Record, Shape, Table


@dataclass(frozen=True, slots=True)
class _Astray:
    """The place where an answer differs from a shape, with the expected and the found value."""

    path: Path
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class _Refusal:
    """The reason why an answer does not fit a table, and the depth to which it did."""

    depth: int
    diagnostic: Diagnostic


def find(
    importer: Importer, answer: VendorAnswer, pages_deep: int = 2
) -> list[tuple[VendorAnswer, Finding]] | Diagnostic:
    """Return the records of an answer by page, or the reason why the importer cannot read it.

    If no table fits the whole answer, its envelopes are searched. A list that is not a list of records is read as a
    list of pages.
    """
    if _is_state_file(answer.value):
        return _state_file(answer)
    first: Diagnostic | None = None
    best: tuple[VendorAnswer, Finding, bool] | None = None
    for inner in unwrap(answer):
        found = _first_match(importer, inner)
        if isinstance(found, Diagnostic):
            first = first or found
        elif best is None or (found[1] and not best[2]):
            best = inner, *found
    if best is not None:
        return [best[:2]]
    if pages_deep and isinstance(answer.value, list):
        findings = [find(importer, page, pages_deep - 1) for page in answer.members()]
        if any(not isinstance(one, Diagnostic) for one in findings):
            wrong = next((one for one in findings if isinstance(one, Diagnostic)), None)
            return wrong or [pair for one in findings if not isinstance(one, Diagnostic) for pair in one]
    error = error_answer(importer, answer)
    assert first is not None  # the answer itself is always tried first
    return error or first


def _is_state_file(value: Json) -> bool:
    """Return whether a value is a raw Terraform state, whose format may change without notice."""
    return isinstance(value, dict) and "terraform_version" in value and not {"serial", "lineage"}.isdisjoint(value)


def _state_file(answer: VendorAnswer) -> Diagnostic:
    file = "terraform.tfstate" if answer.file == STANDARD_INPUT else answer.file
    return Diagnostic(
        "I003",
        "this is a raw Terraform state file, which is not read",
        answer.span(()),
        help=f"run `terraform show -json {quote(shown(file))} > state.json` in the folder of the configuration, then "
        "`rulewright import terraform state.json`",
    )


def _first_match(importer: Importer, answer: VendorAnswer) -> tuple[Finding, bool] | Diagnostic:
    """Return the records of the first table that fits, and whether their shape alone proves it; else the reason."""
    if importer.find is not None:
        finding = importer.find(answer)
        return finding if isinstance(finding, Diagnostic) else (finding, True)
    refusals: list[_Refusal] = []
    for table in importer.tables:
        records = _find_records(table, answer)
        if not isinstance(records, _Refusal):
            shape, found = records
            return Finding((table,), [(table, record) for record in found]), bool(shape.steps)
        refusals.append(records)
    furthest = max(refusals, key=lambda refusal: refusal.depth)
    if furthest.depth or len(refusals) == 1:
        return furthest.diagnostic
    looks_like = next((one.diagnostic.help for one in refusals if one.diagnostic.help), None)
    return refused(importer.answers, answer, (), answer.value, importer.expected, looks_like)


def refused(
    answers: str, answer: VendorAnswer, path: Path, value: Json, expected: str, help_: str | None = None
) -> Diagnostic:
    """Return the diagnostic of an unexpected answer, with the value at `path` that shows it."""
    where = f" at `{spelled(path)}`" if path else ""
    message = f"this is not an answer of {answers}: expected {expected}, found {described(value)}{where}"
    return Diagnostic("I003", message, answer.span(path), help=help_)


def _find_records(table: Table, answer: VendorAnswer) -> tuple[Shape, list[Record]] | _Refusal:
    astray: list[_Astray] = []
    for shape in table.shapes:
        found = _follow(answer.value, table, shape, shape.steps, ())
        if isinstance(found, list):
            records = [Record(path, members, _aliases(table, members)) for path, members in found]
            stranger = next((record for record in records if not _belongs(table, shape, record)), None)
            if stranger is None:
                return shape, records
            if stranger.path:
                return _Refusal(len(stranger.path), _stranger(table, answer, stranger.path, stranger.members))
        else:
            astray.append(found)
    furthest = max(astray, key=lambda place: len(place.path), default=None)
    if furthest is not None and furthest.path:
        where = f"expected {furthest.expected} at `{spelled(furthest.path)}`, found {furthest.found}"
        message = f"this is not an answer of {table.answer}: {where}"
        return _Refusal(len(furthest.path), Diagnostic("I003", message, answer.span(furthest.path)))
    return _Refusal(0, _stranger(table, answer, (), answer.value))


def _follow(
    value: Json, table: Table, shape: Shape, steps: tuple[str, ...], path: Path
) -> list[tuple[Path, Members]] | _Astray:
    if not steps:
        if shape.named:
            return (
                [(path, {shape.named: value})] if isinstance(value, str) else _Astray(path, "a text", described(value))
            )
        return [(path, value)] if isinstance(value, dict) else _Astray(path, "an object", described(value))
    step, rest = steps[0], steps[1:]
    if step != "*":
        key = find_key(value, step) if isinstance(value, dict) else None
        if isinstance(value, dict) and step in shape.may_lack and (key is None or value[key] is None):
            return []
        if not isinstance(value, dict) or key is None:
            return _Astray(path, f"an object with `{step}`", described(value))
        return _follow(value[key], table, shape, rest, (*path, key))
    if isinstance(value, dict) and path and not rest and not shape.named and find_key(value, table.ref):
        return [(path, value)]  # tools that convert XML to JSON write a list of one member without brackets
    if not isinstance(value, list):
        return _Astray(path, "a list", described(value))
    records: list[tuple[Path, Members]] = []
    for number, member in enumerate(value):
        found = _follow(member, table, shape, rest, (*path, number))
        if isinstance(found, _Astray):
            return found
        records += found
    return records


def _belongs(table: Table, shape: Shape, record: Record) -> bool:
    own = table.others.keys()
    if not own.isdisjoint(record.members) or any(_capitalized(key) in own for key in record.members):
        return False
    return shape.sure or any(record.find(mark).there for mark in table.marks)


def _capitalized(key: str) -> str:
    return key[:1].upper() + key[1:]


def _aliases(table: Table, members: Members) -> Mapping[str, tuple[str, ...]] | None:
    return None if any(key[:1].isupper() for key in members) else table.aliases


def _stranger(table: Table, answer: VendorAnswer, path: Path, value: Json) -> Diagnostic:
    keys = value if isinstance(value, dict) else ()
    named = (name for key in keys for name in (key, _capitalized(key)))
    other = next((table.others[key] for key in named if key in table.others), None)
    marks = ", ".join(f"`{mark}`" for mark in sorted(table.marks))
    one_of_it = f"{table.kind.one} of it"
    wanted = table.expected if not path else one_of_it if other else f"an object with one of {marks}"
    return refused(table.answer, answer, path, value, wanted, f"this looks like {other}" if other else table.alike)
