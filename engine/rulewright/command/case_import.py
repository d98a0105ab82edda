"""`rulewright import`: a case file from the data of other systems."""

from __future__ import annotations

from collections.abc import Sequence

from rulewright.command.command_inputs import read_input
from rulewright.command.outputs import report_diagnostics, write_output
from rulewright.diagnostics import Diagnostic, has_errors
from rulewright.vendors.registry import find_importers


def run_import(words: Sequence[str], output: str | None) -> int:
    """Write one case file from files, each with its source; return the exit status."""
    registry = find_importers()
    pairs, diagnostics = registry.pair_with_sources(words)
    contents: list[tuple[str, str, bytes]] = []
    for source, name in dict.fromkeys(pairs):
        data = read_input(name)
        if isinstance(data, Diagnostic):
            diagnostics.append(data)
        else:
            contents.append((source, name, data))
    text = None
    if contents:
        text, wrong = registry.import_sources(contents)
        diagnostics += wrong
    report_diagnostics(diagnostics)
    if text is None or has_errors(diagnostics):
        return 2
    failure = write_output(text, output)
    if failure is not None:
        report_diagnostics([failure])
        return 2
    return 0
