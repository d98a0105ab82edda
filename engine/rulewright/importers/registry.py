"""The importers by name, and the one way to run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.importers.aliyun_ecs import ALIYUN_ECS
from rulewright.importers.reading import run
from rulewright.importers.texts import shown


@dataclass(frozen=True, slots=True)
class Importer:
    """An importer as the command line needs it: what it reads, and the function from named files to a case's text."""

    description: str
    run: Callable[[Sequence[tuple[str, bytes]]], tuple[str | None, list[Diagnostic]]]


#: Every importer by the name that the command line has for it.
IMPORTERS: Mapping[str, Importer] = {
    table.name: Importer(table.description, partial(run, table)) for table in (ALIYUN_ECS,)
}


def import_case(source_name: str, files: Sequence[tuple[str, bytes]]) -> tuple[str | None, list[Diagnostic]]:
    """The YAML text of one case made from the named files, or None, and all diagnostics in the order of the files."""
    importer = IMPORTERS.get(source_name)
    if importer is None:
        message = f"unknown importer `{shown(source_name)}`"
        return None, [Diagnostic("I001", message, help=did_you_mean(source_name, IMPORTERS))]
    return importer.run(files)
