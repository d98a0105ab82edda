"""Preparation of a run: its start, its rulebook, and a check that outputs replace no input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import click

from rulewright.batch.clashes import Output, find_clashes
from rulewright.command.outputs import report_diagnostics
from rulewright.command.rulebooks import RulebookChoice, choose_rulebook
from rulewright.command.run_arguments import arguments_of
from rulewright.command.run_identity import Start, start_run
from rulewright.command.status import AT_FAULT
from rulewright.diagnostics import Diagnostic


def begin(context: click.Context) -> Start:
    """Return the start of the run; end the command if SOURCE_DATE_EPOCH is invalid."""
    start = start_run(arguments_of(context))
    if isinstance(start, Diagnostic):
        end_with([start])
    return start


def choose(rulebook: str | None, facts: Sequence[str] = (), kind: str | None = None) -> RulebookChoice:
    """Return the rulebook of a command; end the command if there is none."""
    choice = choose_rulebook(rulebook, facts, kind)
    if isinstance(choice, list):
        end_with(choice)
    return choice


def refuse_clashes(
    outputs: Sequence[Output],
    reads: Sequence[str] = (),
    *,
    rulebook: str | None = None,
    folders: Sequence[str | None] = (),
    are_facts: bool = False,
) -> None:
    """End the command if an output would replace an input or another output."""
    clashes = find_clashes(outputs, reads, rulebook=rulebook, folders=folders, are_facts=are_facts)
    if clashes:
        end_with(clashes)


def end_with(diagnostics: Sequence[Diagnostic]) -> NoReturn:
    """Report diagnostics and end the command."""
    report_diagnostics(diagnostics)
    raise click.exceptions.Exit(AT_FAULT)
