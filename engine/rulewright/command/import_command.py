"""Declaration of `rulewright import`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

import click

from rulewright.command.completions import complete_sources
from rulewright.command.help_pages import Command
from rulewright.command.parameters import argument
from rulewright.command.shared_options import output_option


@click.command(
    "import",
    cls=Command,
    statuses={0: "The case file is written.", 2: "Some file could not be read, or the case file not be written."},
)
@argument(
    "words",
    nargs=-1,
    required=True,
    metavar="SOURCE FILE...",
    shell_complete=complete_sources,
    description="The name of an importer and its files; - is standard input. "
    "Another importer and its files may follow.",
)
@output_option("the case file")
def command(words: tuple[str, ...], output: str | None) -> int:
    """Turn answers of other systems into one case file, with a comment on each fact."""
    from rulewright.batch.clashes import Output
    from rulewright.command.case_import import run_import
    from rulewright.command.run_start import refuse_clashes

    refuse_clashes([Output("--output", output)], words)
    return run_import(words, output)
