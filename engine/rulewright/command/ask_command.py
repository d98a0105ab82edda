"""Declaration of `rulewright ask`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

from pathlib import Path

import click

from rulewright.command.completions import complete_files
from rulewright.command.help_pages import Command
from rulewright.command.parameters import argument
from rulewright.command.shared_options import as_of_option, edition_option, output_option, rulebook_option


@click.command(
    "ask",
    cls=Command,
    statuses={
        0: "The case is ready or not applicable.",
        1: "The case is not ready, or needs information.",
        2: "The case cannot be read or written.",
        130: "The interview was interrupted. The answers so far are written.",
    },
)
@argument(
    "case",
    required=False,
    metavar="[CASE]",
    shell_complete=complete_files,
    description="The case file to start from.",
)
@rulebook_option
@edition_option
@as_of_option
@output_option("the case file", metavar="CASE")
def command(
    case: str | None,
    rulebook: str | None,
    edition: str | None,
    as_of: str | None,
    output: str | None,
) -> int:
    """Ask for the facts that can still change the verdict, the most decisive first, and write the case file."""
    from rulewright.batch.clashes import Output
    from rulewright.command.asking import run_ask
    from rulewright.command.run_start import choose, refuse_clashes

    out = Output("--output", output, may_replace_input=True)
    refuse_clashes([out], [] if case is None else [case], rulebook=rulebook)
    is_pipe = case is not None and case != "-" and Path(case).exists() and not Path(case).is_file()
    seen = [] if case is None or is_pipe else [case]  # a pipe can be read only once
    return run_ask(case, choose(rulebook, seen), edition, as_of, output)
