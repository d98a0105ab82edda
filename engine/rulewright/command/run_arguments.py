"""The original arguments of the running command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

_KEY = "rulewright.arguments"


def remember_arguments(context: click.Context, arguments: Sequence[str]) -> None:
    """Store the arguments of a run."""
    context.meta[_KEY] = tuple(arguments)


def arguments_of(context: click.Context) -> tuple[str, ...]:
    """Return the arguments of a run, starting with the name of its command."""
    arguments: tuple[str, ...] = context.meta.get(_KEY, ())
    return arguments
