"""Declaration of `rulewright schema`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

import click

from rulewright.command.help_pages import Command
from rulewright.command.parameters import Choice, argument
from rulewright.command.shared_options import newest_edition_option, output_option, rulebook_option


@click.command(
    "schema",
    cls=Command,
    statuses={0: "The schema is written.", 2: "The schema could not be made or written."},
)
@argument(
    "of",
    type=Choice(["rulebook", "cases", "tests"]),
    default="rulebook",
    metavar="[OF]",
    description="The files that the schema describes.",
)
@rulebook_option
@newest_edition_option
@output_option("the schema")
def command(of: str, rulebook: str | None, edition: str | None, output: str | None) -> int:
    """Print the JSON Schema of the rulebook language, or of the case or test files of a rulebook."""
    from rulewright.batch.clashes import Output
    from rulewright.command.author import run_schema
    from rulewright.command.run_start import choose, refuse_clashes

    refuse_clashes([Output("--output", output)], rulebook=rulebook)
    named = None if of == "rulebook" else choose(rulebook).named
    return run_schema(of, named, edition, output)
