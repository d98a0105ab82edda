"""Declaration of `rulewright test`."""

from __future__ import annotations

import click

from rulewright.command.help_pages import Command
from rulewright.command.parameters import option
from rulewright.command.shared_options import EVALUATION, engine_option, rulebooks_argument


@click.command(
    "test",
    cls=Command,
    statuses={
        0: "All tests pass.",
        1: "Some test fails.",
        2: "Nothing, or not everything that was asked for, could be done.",
    },
)
@rulebooks_argument
@option(
    "--coverage/--no-coverage",
    default=False,
    section=EVALUATION,
    help="Print which outcomes of each rule the tests show.",
)
@engine_option
def command(rulebooks: tuple[str, ...], coverage: bool, engine: str) -> int:
    """Run the tests beside rulebooks."""
    # imported when the command runs, so that help and completion start fast
    from rulewright.command.author import run_tests  # noqa: PLC0415

    return run_tests(rulebooks, coverage, engine)
