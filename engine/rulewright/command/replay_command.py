"""Declaration of `rulewright replay`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

import click

from rulewright.command.completions import complete_files, complete_rulebooks
from rulewright.command.help_pages import Command
from rulewright.command.parameters import argument, option
from rulewright.command.shared_options import RULEBOOK, engine_option, format_option, output_option


@click.command(
    "replay",
    cls=Command,
    statuses={
        0: "All results are the same.",
        1: "Some result is different.",
        2: "No record could be evaluated.",
        3: "Done, and some records were rejected.",
    },
)
@argument(
    "records",
    nargs=-1,
    required=True,
    metavar="DIR|FILE...",
    shell_complete=complete_files,
    description="Records of `rulewright check --record`, or folders of records.",
)
@option(
    "--rulebook",
    "-r",
    section=RULEBOOK,
    metavar="NAME|PATH",
    shell_complete=complete_rulebooks,
    default_text="the recorded rulebook",
    help="Evaluate by this rulebook.",
)
@option(
    "--edition",
    section=RULEBOOK,
    metavar="DATE",
    default_text="the recorded edition",
    help="Evaluate by this edition.",
)
@engine_option
@format_option("text", "json")
@output_option("the differences")
def command(
    records: tuple[str, ...],
    rulebook: str | None,
    edition: str | None,
    engine: str,
    format: str,
    output: str | None,
) -> int:
    """Evaluate recorded decisions again and report which results are different."""
    from rulewright.batch.clashes import Output
    from rulewright.command.replaying import run_replay
    from rulewright.command.run_start import refuse_clashes

    refuse_clashes([Output("--output", output)], records, rulebook=rulebook, are_facts=True)
    return run_replay(records, rulebook, edition, format, output, engine)
