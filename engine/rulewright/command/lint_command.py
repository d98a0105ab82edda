"""Declaration of `rulewright lint`."""

from __future__ import annotations

import click

from rulewright.command.help_pages import Command
from rulewright.command.shared_options import rulebooks_argument


@click.command(
    "lint",
    cls=Command,
    statuses={0: "No rulebook has an error.", 2: "Some rulebook has an error, or cannot be read."},
)
@rulebooks_argument
def command(rulebooks: tuple[str, ...]) -> int:
    """Report everything that is wrong with rulebooks."""
    # imported when the command runs, so that help and completion start fast
    from rulewright.command.author import run_lint  # noqa: PLC0415

    return run_lint(rulebooks)
