"""Declaration of `rulewright trace`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

import click

from rulewright.command.completions import complete_rulebooks
from rulewright.command.help_pages import Command
from rulewright.command.parameters import argument
from rulewright.command.shared_options import format_option, newest_edition_option, output_option


@click.command(
    "trace",
    cls=Command,
    statuses={
        0: "Every clause has a rule, and every rule has a test.",
        1: "Some clause has no rule, or some rule has no test.",
        2: "A file has an error, or cannot be read.",
    },
)
@argument(
    "rulebook",
    required=False,
    metavar="[RULEBOOK]",
    shell_complete=complete_rulebooks,
    description="A name, a folder or a file. Default: the rulebook of this folder.",
)
@newest_edition_option
@format_option("text", "markdown", "json")
@output_option("the trace")
def command(rulebook: str | None, edition: str | None, format: str, output: str | None) -> int:
    """Report which rules carry each clause of a rulebook's documents, and which tests show each rule."""
    from rulewright.batch.clashes import Output
    from rulewright.command.run_start import choose, refuse_clashes
    from rulewright.command.trace_report import run_trace

    refuse_clashes([Output("--output", output)], rulebook=rulebook)
    return run_trace(choose(rulebook).named, edition, format, output)
