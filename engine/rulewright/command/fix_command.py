"""Declaration of `rulewright fix`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

import click

from rulewright.command.completions import complete_files
from rulewright.command.help_pages import Command
from rulewright.command.parameters import Number, argument, option
from rulewright.command.shared_options import (
    OUTPUT,
    as_of_option,
    edition_option,
    engine_option,
    format_option,
    output_option,
    rulebook_option,
)

_SEARCH = "Search"


@click.command(
    "fix",
    cls=Command,
    statuses={
        0: "Every case is ready already.",
        1: "Some case is not ready.",
        2: "Nothing, or not everything that was asked for, could be done.",
        3: "Done, and some cases were rejected.",
    },
)
@argument(
    "facts",
    nargs=-1,
    required=True,
    metavar="CASE...",
    shell_complete=complete_files,
    description="Case files (YAML, JSON), folders or patterns such as 'cases/*.yaml'; - is standard input.",
)
@rulebook_option
@edition_option
@as_of_option
@option(
    "--subject",
    multiple=True,
    section=_SEARCH,
    metavar="REF",
    help="Make this subject ready. No other subject becomes worse.",
)
@option(
    "--maximum-changes",
    type=Number(minimum=1),
    default=6,
    section=_SEARCH,
    metavar="N",
    help="Examine sets of up to N changes.",
)
@option(
    "--maximum-answers",
    type=Number(minimum=1),
    default=20,
    section=_SEARCH,
    metavar="N",
    help="Report up to N sets of changes.",
)
@option(
    "--maximum-steps",
    type=Number(minimum=1),
    default=40_000,
    section=_SEARCH,
    metavar="N",
    help="End the search after N steps.",
)
@engine_option
@format_option("text", "json")
@output_option("the changes")
@option(
    "--write",
    section=OUTPUT,
    metavar="FILE",
    shell_complete=complete_files,
    help="Write the case with the first set of changes to this file. Comments are kept.",
)
@click.pass_context
def command(
    context: click.Context,
    facts: tuple[str, ...],
    rulebook: str | None,
    edition: str | None,
    as_of: str | None,
    subject: tuple[str, ...],
    maximum_changes: int,
    maximum_answers: int,
    maximum_steps: int,
    engine: str,
    format: str,
    output: str | None,
    write: str | None,
) -> int:
    """Find the smallest changes that make cases ready, or the facts that prevent it."""
    from rulewright.batch.clashes import Output
    from rulewright.command.account import Ending
    from rulewright.command.fixing import FixArguments, run_fix
    from rulewright.command.run_start import begin, choose, refuse_clashes
    from rulewright.fix.fixes import Limits

    outputs = [Output("--output", output)]
    outputs += [] if write is None else [Output("--write", write, may_replace_input=True)]
    refuse_clashes(outputs, facts, rulebook=rulebook, are_facts=True)
    limits = Limits(maximum_changes, maximum_answers, maximum_steps)
    choice = choose(rulebook, facts)
    arguments = FixArguments(facts, choice, edition, as_of, format, output, engine, limits, write, subject)
    return run_fix(arguments, Ending(begin(context)))
