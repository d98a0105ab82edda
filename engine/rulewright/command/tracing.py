"""`rulewright trace`: the rules for each clause of a document, and their tests."""

from __future__ import annotations

from datetime import date

from rulewright.catalogue import check_file, find_rulebook, no_edition, read_bytes
from rulewright.command.inputs import read_date
from rulewright.command.outputs import tell, write_output
from rulewright.diagnostics import Diagnostic, Severity, in_source_order
from rulewright.model.trace import Trace
from rulewright.render.trace_reports import write_json, write_markdown, write_text
from rulewright.testing.tests_reader import read_tests, tests_file
from rulewright.testing.traceability import trace

FINE, GAPS, AT_FAULT = 0, 1, 2
_WRITERS = {"text": write_text, "markdown": write_markdown, "json": write_json}
#: Code of a clause without a rule, which a trace shows itself.
_SHOWN = "R035"


def run_trace(rulebook: str, edition: str | None, format_: str, output: str | None) -> int:
    """Write the rules of each clause and the tests of each rule; return the exit status."""
    wanted = read_date(edition, "--edition")
    traced = [wanted] if isinstance(wanted, Diagnostic) else _trace(rulebook, wanted)
    if not isinstance(traced, Trace):
        tell(in_source_order(traced))
        return AT_FAULT
    failure = write_output(_WRITERS[format_](traced), output, for_people=format_ == "text")
    if failure is not None:
        tell([failure])
        return AT_FAULT
    return GAPS if traced.has_gaps else FINE


def _trace(named: str, wanted: date | None) -> Trace | list[Diagnostic]:
    """Return the trace of an edition, by default the newest, or the errors in its files."""
    found = find_rulebook(named)
    file = found if isinstance(found, Diagnostic) else found.file(wanted)
    if isinstance(found, Diagnostic) or isinstance(file, Diagnostic):
        return [item for item in (found, file) if isinstance(item, Diagnostic)][:1]
    rulebook, diagnostics = check_file(file)
    wrong = [item for item in diagnostics if item.severity is Severity.ERROR and item.code != _SHOWN]
    if rulebook is None or wrong:
        return wrong
    if wanted not in (None, rulebook.edition):
        return [no_edition(found.name, wanted, [rulebook.edition])]
    beside = tests_file(file)
    if not beside.is_file():
        return trace(rulebook, [])
    data = read_bytes(beside)
    tests, wrong = ([], [data]) if isinstance(data, Diagnostic) else read_tests(data, str(beside), rulebook)
    return wrong or trace(rulebook, tests)
