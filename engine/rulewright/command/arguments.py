"""The arguments of the present command, as they were given."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

_KEY = "rulewright.arguments"


class Commands(TyperGroup):
    """The commands, which remember their arguments."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # of Typer
        """Remember the arguments, and parse them."""
        ctx.meta[_KEY] = tuple(args)
        return super().parse_args(ctx, args)


def arguments_of(context: typer.Context) -> tuple[str, ...]:
    """Return the arguments of a command, its name first."""
    arguments: tuple[str, ...] = context.meta.get(_KEY, ())
    return arguments
