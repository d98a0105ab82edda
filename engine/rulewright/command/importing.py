"""`rulewright import`: a case file from what another system tells."""

from __future__ import annotations

from collections.abc import Sequence

from rulewright.command.inputs import read_input
from rulewright.command.outputs import tell, write_output
from rulewright.diagnostics import Diagnostic, has_errors
from rulewright.importers.registry import import_case


def run_import(source: str, files: Sequence[str], output: str | None) -> int:
    """Write the case file; give the exit status."""
    contents: list[tuple[str, bytes]] = []
    diagnostics: list[Diagnostic] = []
    for name in dict.fromkeys(files):
        data = read_input(name)
        if isinstance(data, Diagnostic):
            diagnostics.append(data)
        else:
            contents.append((name, data))
    # with no file that can be read there is still the name of the source to be told of
    text, wrong = import_case(source, contents)
    diagnostics += wrong if contents else [item for item in wrong if item.code == "I001"]
    tell(diagnostics)
    if text is None or has_errors(diagnostics):
        return 2
    failure = write_output(text, output)
    if failure is not None:
        tell([failure])
        return 2
    return 0
