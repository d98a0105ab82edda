"""`rulewright import`: a case file from what another system tells."""

from __future__ import annotations

from collections.abc import Sequence

from rulewright.command.inputs import read_input, tell, write_output
from rulewright.diagnostics import Diagnostic, has_errors
from rulewright.importers.registry import import_case


def run_import(source: str, files: Sequence[str]) -> int:
    """Write the case file to standard output; give the exit status."""
    contents: list[tuple[str, bytes]] = []
    diagnostics: list[Diagnostic] = []
    for name in files:
        data = read_input(name)
        if isinstance(data, Diagnostic):
            diagnostics.append(data)
        else:
            contents.append((name, data))
    text, wrong = import_case(source, contents)
    diagnostics += wrong
    tell(diagnostics)
    if text is None or has_errors(diagnostics):
        return 2
    failure = write_output(text, None)
    return 0 if failure is None else 2
