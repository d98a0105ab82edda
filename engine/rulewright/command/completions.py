"""Completions for shells: names of files, folders, shipped rulebooks and sources of facts."""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem


def complete_files(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the instruction to complete the name of a file."""
    return [CompletionItem(begun, type="file")]


def complete_folders(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the instruction to complete the name of a folder."""
    return [CompletionItem(begun, type="dir")]


def complete_rulebooks(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the matching names of shipped rulebooks, and the instruction to complete the name of a file."""
    from rulewright.shipped import shipped_rulebooks  # noqa: PLC0415  only when a shell asks

    # shells complete names of files only if no other completion matches
    return [CompletionItem(begun, type="file"), *_beginning(shipped_rulebooks(), begun)]


def complete_sources(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the matching sources of facts, and the instruction to complete the name of a file."""
    from rulewright.vendors.entry_points import find_places  # noqa: PLC0415  only when a shell asks

    return [CompletionItem(begun, type="file"), *_beginning(find_places().by_name, begun)]


def complete_languages(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the matching languages of reports."""
    from rulewright.model.languages import Language  # noqa: PLC0415  only when a shell asks

    return _beginning((language.value for language in Language), begun)


def _beginning(names: Iterable[str], begun: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(begun)]
