"""The types of diagnostics: each code with its title and severity, declared once.

The page of a code is `docs/diagnostics/CODE.md`. A code is never used again for another mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Severity(Enum):
    """How bad a diagnostic is: an error stops the work on its input, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class DiagnosticType:
    """A type of diagnostic: its code, the title of its page, and its severity.

    The first letter of the code names the family: S source text, R rulebook, W rulebook warning, F fact file,
    T tests of a rulebook, I import, U usage.
    """

    code: str
    title: str
    severity: Severity = Severity.ERROR


_WARNING = Severity.WARNING

_DECLARED = (
    DiagnosticType("F001", "unknown kind of fact"),
    DiagnosticType("F002", "unknown field"),
    DiagnosticType("F003", "value of the wrong type"),
    DiagnosticType("F004", "value not among the choices"),
    DiagnosticType("F005", "value out of range"),
    DiagnosticType("F006", "duplicate ref"),
    DiagnosticType("F007", "reference to a missing fact"),
    DiagnosticType("F008", "wrong structure of a case"),
    DiagnosticType("F009", "field that a case cannot state"),
    DiagnosticType("F010", "contradicting values"),
    DiagnosticType("F011", "case without facts"),
    DiagnosticType("F012", "duplicate case name"),
    DiagnosticType("F013", "malformed row"),
    DiagnosticType("F014", "row without values"),
    DiagnosticType("F015", "case for another rulebook"),
    DiagnosticType("F017", "date too early"),
    DiagnosticType("I001", "unknown importer"),
    DiagnosticType("I002", "unreadable answer"),
    DiagnosticType("I003", "unexpected answer"),
    DiagnosticType("I004", "unreadable value"),
    DiagnosticType("I005", "contradicting answers"),
    DiagnosticType("I006", "incomplete list", _WARNING),
    DiagnosticType("I007", "importer cannot be loaded"),
    DiagnosticType("I008", "duplicate importer name"),
    DiagnosticType("R001", "unknown key"),
    DiagnosticType("R002", "missing key"),
    DiagnosticType("R003", "wrong structure"),
    DiagnosticType("R004", "unknown keyword"),
    DiagnosticType("R005", "invalid name"),
    DiagnosticType("R006", "reserved name"),
    DiagnosticType("R007", "unsupported language version"),
    DiagnosticType("R008", "rule without exactly one verb"),
    DiagnosticType("R009", "incompatible keys"),
    DiagnosticType("R010", "unknown kind"),
    DiagnosticType("R012", "unknown field"),
    DiagnosticType("R013", "path through a field that is not a reference"),
    DiagnosticType("R014", "unknown parameter"),
    DiagnosticType("R015", "ambiguous relation"),
    DiagnosticType("R016", "unknown rule"),
    DiagnosticType("R017", "unknown operator"),
    DiagnosticType("R018", "unknown document"),
    DiagnosticType("R019", "duplicate or out of order"),
    DiagnosticType("R020", "incompatible types"),
    DiagnosticType("R021", "value of the wrong type"),
    DiagnosticType("R022", "value not among the choices"),
    DiagnosticType("R023", "minimum above maximum"),
    DiagnosticType("R024", "unknown clause"),
    DiagnosticType("R025", "invalid step or cost"),
    DiagnosticType("R030", "cycle"),
    DiagnosticType("R031", "conflicting conclusions"),
    DiagnosticType("R032", "parameter with the name of a field"),
    DiagnosticType("R033", "number that can become too large"),
    DiagnosticType("R034", "file name of another edition"),
    DiagnosticType("R035", "clause without a rule"),
    DiagnosticType("R036", "rule for a clause that needs none"),
    DiagnosticType("R037", "source without a clause"),
    DiagnosticType("R038", "unknown edition in covered_by"),
    DiagnosticType("R040", "broken template"),
    DiagnosticType("R041", "unknown variable in a text"),
    DiagnosticType("R042", "unsupported template feature"),
    DiagnosticType("R043", "translation of an unknown text"),
    DiagnosticType("R044", "contradicting otherwise"),
    DiagnosticType("R045", "choice named otherwise"),
    DiagnosticType("R046", "unknown time zone"),
    DiagnosticType("R048", "incompatible units"),
    DiagnosticType("S001", "unreadable file"),
    DiagnosticType("S002", "not UTF-8"),
    DiagnosticType("S003", "tab in the indentation"),
    DiagnosticType("S004", "invalid YAML"),
    DiagnosticType("S005", "nested too deeply"),
    DiagnosticType("S006", "document too large"),
    DiagnosticType("S007", "invalid alias"),
    DiagnosticType("S008", "empty file"),
    DiagnosticType("S009", "unsupported YAML"),
    DiagnosticType("S010", "duplicate key"),
    DiagnosticType("S011", "more than one document"),
    DiagnosticType("S012", "invalid JSON"),
    DiagnosticType("S013", "file too large"),
    DiagnosticType("T001", "tests of another rulebook"),
    DiagnosticType("T002", "duplicate test name"),
    DiagnosticType("T003", "unknown base"),
    DiagnosticType("T004", "unknown name in an expectation"),
    DiagnosticType("T005", "test without an expectation"),
    DiagnosticType("T006", "impossible outcome"),
    DiagnosticType("T007", "expectation about an absent fact"),
    DiagnosticType("T008", "tests without a rulebook"),
    DiagnosticType("T009", "ambiguous fact"),
    DiagnosticType("U001", "unknown rulebook"),
    DiagnosticType("U002", "unknown edition"),
    DiagnosticType("U003", "durable-rules unavailable"),
    DiagnosticType("U004", "invalid date"),
    DiagnosticType("U005", "output cannot be written"),
    DiagnosticType("U006", "no usable fact files"),
    DiagnosticType("U007", "too many rejected cases"),
    DiagnosticType("U008", "run that cannot be resumed"),
    DiagnosticType("U009", "worker process ended"),
    DiagnosticType("U011", "changes cannot be written"),
    DiagnosticType("U012", "unknown subject"),
    DiagnosticType("U013", "not exactly one case"),
    DiagnosticType("U014", "unknown rule"),
    DiagnosticType("U015", "unsupported report language"),
    DiagnosticType("U016", "broken report template"),
    DiagnosticType("U017", "no decision records for a batch"),
    DiagnosticType("U018", "no decision records"),
    DiagnosticType("U019", "invalid decision record"),
    DiagnosticType("U020", "Spark failed"),
    DiagnosticType("U021", "too many irregular rows"),
    DiagnosticType("U022", "Spark unavailable"),
    DiagnosticType("U023", "row counts do not add up"),
    DiagnosticType("U025", "unclear delimiter or encoding"),
    DiagnosticType("U026", "incompatible column options"),
    DiagnosticType("U028", "no case evaluated"),
    DiagnosticType("U029", "invalid --allow-rejected"),
    DiagnosticType("U030", "invalid SOURCE_DATE_EPOCH"),
    DiagnosticType("U031", "output would replace an input"),
    DiagnosticType("U032", "internal failure"),
    DiagnosticType("U033", "invalid option value"),
    DiagnosticType("U034", "template beyond its limits"),
    DiagnosticType("U035", "skipped file", _WARNING),
    DiagnosticType("U036", "undetermined rulebook"),
    DiagnosticType("U037", "unknown diagnostic code"),
    DiagnosticType("W001", "unused declaration", _WARNING),
    DiagnosticType("W002", "missing source", _WARNING),
    DiagnosticType("W003", "field that is never none", _WARNING),
    DiagnosticType("W004", "field that never has a value", _WARNING),
    DiagnosticType("W005", "missing translation", _WARNING),
    DiagnosticType("W006", "no changeable field", _WARNING),
    DiagnosticType("W008", "choice without a row", _WARNING),
    DiagnosticType("W009", "field without a conclusion", _WARNING),
    DiagnosticType("W010", "text that is also a name", _WARNING),
    DiagnosticType("W011", "braces outside a template", _WARNING),
    DiagnosticType("W012", "condition that never holds", _WARNING),
    DiagnosticType("W013", "condition that always holds", _WARNING),
)

#: Every type of diagnostic, by its code.
DIAGNOSTIC_TYPES: Mapping[str, DiagnosticType] = MappingProxyType({one.code: one for one in _DECLARED})
