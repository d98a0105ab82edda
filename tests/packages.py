"""The shipped importers, and packages as an installer leaves them: a folder of metadata on the path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from commands import write
from rulewright.vendors.entry_points import SHIPPED
from rulewright.vendors.registry import find_importers
from rulewright.vendors.tables import Importer


def shipped_importer(name: str) -> Importer:
    """Load a shipped importer."""
    importer = find_importers().load(name)
    assert isinstance(importer, Importer), importer
    return importer


#: The shipped importers by name.
IMPORTERS = {name: shipped_importer(name) for name in SHIPPED}


def install(site: Path, name: str, version: str, entry_points: Mapping[str, Mapping[str, str]]) -> Path:
    """Write the metadata of a package into a folder of the path; return the file of its entry points."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    write(folder / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = [
        "".join([f"[{group}]\n", *(f"{entry} = {value}\n" for entry, value in entries.items())])
        for group, entries in entry_points.items()
    ]
    return write(folder / "entry_points.txt", "\n".join(groups))
