"""Declaration of `rulewright explain`."""

# ruff: noqa: PLC0415  the work is imported when the command runs, so that help and completion start fast

from __future__ import annotations

import click

from rulewright.command.completions import complete_files
from rulewright.command.help_pages import Command
from rulewright.command.parameters import argument, option
from rulewright.command.shared_options import (
    as_of_option,
    edition_option,
    engine_option,
    format_option,
    output_option,
    rulebook_option,
)

_EXPLANATION = "Explanation"


@click.command(
    "explain",
    cls=Command,
    statuses={
        0: "Every case is explained.",
        2: "No case could be explained.",
        3: "Some cases are explained, and others were rejected.",
    },
)
@argument(
    "case",
    metavar="CASE",
    shell_complete=complete_files,
    description="A case file, or the code of a diagnostic such as R012; - is standard input.",
)
@option("--rule", section=_EXPLANATION, metavar="RULE", help="Explain only the outcome of this rule.")
@option(
    "--why-not",
    section=_EXPLANATION,
    metavar="RULE",
    help="Explain why this rule did not fire, and which facts would make it fire.",
)
@option("--subject", section=_EXPLANATION, metavar="REF", help="Explain only the outcomes of this subject.")
@option("--all", "everything", is_flag=True, section=_EXPLANATION, help="Show the parts that did not matter, too.")
@rulebook_option
@edition_option
@as_of_option
@engine_option
@format_option("text", "json", help="Write a tree, or the explanation as data.")
@output_option("the explanation")
@click.pass_context
def command(
    context: click.Context,
    case: str,
    rule: str | None,
    why_not: str | None,
    subject: str | None,
    everything: bool,
    rulebook: str | None,
    edition: str | None,
    as_of: str | None,
    engine: str,
    format: str,
    output: str | None,
) -> int:
    """Explain the verdict of a case, from the verdict to the facts, or the code of a diagnostic."""
    from rulewright.command.diagnostic_page import explain_code

    status = explain_code(case, output, context)
    if status is not None:
        return status
    from rulewright.batch.clashes import Output
    from rulewright.command.account import Ending
    from rulewright.command.explaining import run_explain
    from rulewright.command.run_start import begin, choose, refuse_clashes
    from rulewright.render.tree import TreeRequest

    start = begin(context)
    refuse_clashes([Output("--output", output)], [case], rulebook=rulebook, are_facts=True)
    asked = TreeRequest(why_not or rule, subject, why_not is not None, everything)
    choice = choose(rulebook, [case])
    return run_explain(case, choice, edition, as_of, format, output, engine, asked, Ending(start))
