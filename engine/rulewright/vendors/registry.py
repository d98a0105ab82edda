"""Importers by name, and the functions that run them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.vendors.display import shown
from rulewright.vendors.entry_points import ImporterPlace, ImporterPlaces, find_places
from rulewright.vendors.import_run import ImportRequest, run
from rulewright.vendors.tables import Importer

_BROKEN = "update or remove the package, or report this to its author"


@dataclass(frozen=True, slots=True)
class Registry:
    """The importers of the shipped and of other packages. Each is loaded when its name is used."""

    places: ImporterPlaces

    @property
    def names(self) -> Sequence[str]:
        """Return the names of the importers."""
        return tuple(self.places.by_name)

    def load(self, name: str) -> Importer | list[Diagnostic]:
        """Return an importer, or the diagnostics if no usable importer has this name."""
        places = self.places.by_name.get(name, ())
        if not places:
            return self._unknown(name)
        if len(places) > 1:
            where = ", ".join(f"`{shown(one.package)}` ({shown(one.entry.value)})" for one in places)
            message = f"several packages have an importer `{shown(name)}`: {where}"
            return [Diagnostic("I008", message, help="remove all of these packages but one")]
        return _load(name, places[0])

    def import_sources(self, requests: Sequence[tuple[str, str, bytes]]) -> tuple[str | None, list[Diagnostic]]:
        """Return the YAML text of one case from files, each with its source, or None; and all diagnostics.

        Facts of one subject from several sources become one fact.
        """
        if not requests:
            return None, [Diagnostic("I003", "expected files of some source, found no file at all")]
        loaded = {source: self.load(source) for source in dict.fromkeys(source for source, _, _ in requests)}
        missing = [one for found in loaded.values() if isinstance(found, list) for one in found]
        known = [
            ImportRequest(importer, file, data)
            for source, file, data in requests
            for importer in [loaded[source]]
            if isinstance(importer, Importer)
        ]
        text, problems = run(known) if known else (None, [])
        return (None if missing else text), [*missing, *problems]

    def pair_with_sources(self, words: Sequence[str]) -> tuple[list[tuple[str, str]], list[Diagnostic]]:
        """Return the files among the words of a command line, each with its source, and the diagnostics.

        The name of a source begins its files. A file of the same name can be given as a path, as in `./terraform`.
        """
        known = self.places.by_name
        pairs: list[tuple[str, str]] = []
        problems: list[Diagnostic] = []
        if not words or words[0] not in known:
            return [], self._unknown(words[0] if words else "")
        source, files = words[0], 0
        for word in [*words[1:], None]:
            if word is not None and word not in known:
                pairs.append((source, word))
                files += 1
                continue
            if not files:
                problems.append(Diagnostic("I003", f"expected files after `{source}`, found none"))
            source, files = word or "", 0
        return pairs, problems

    def _unknown(self, name: str) -> list[Diagnostic]:
        unknown = Diagnostic("I001", f"unknown importer `{shown(name)}`", help=did_you_mean(name, self.names))
        return [unknown, *map(_unreadable, self.places.unreadable)]


def find_importers() -> Registry:
    """Return the importers of the shipped package and of all other installed packages."""
    return Registry(find_places())


def import_case(source_name: str, files: Sequence[tuple[str, bytes]]) -> tuple[str | None, list[Diagnostic]]:
    """Return the YAML text of one case from the named files of one source, or None; and all diagnostics."""
    registry = find_importers()
    importer = registry.load(source_name)
    if isinstance(importer, Importer) and not files:
        return None, [Diagnostic("I003", f"expected {importer.expected or importer.answers}, found no file at all")]
    if isinstance(importer, list):
        return None, importer
    return registry.import_sources([(source_name, file, content) for file, content in files])


def import_sources(requests: Sequence[tuple[str, str, bytes]]) -> tuple[str | None, list[Diagnostic]]:
    """Return the YAML text of one case from files, as `Registry.import_sources` does."""
    return find_importers().import_sources(requests)


def _load(name: str, place: ImporterPlace) -> Importer | list[Diagnostic]:
    try:
        found = place.entry.load()
    except (Exception, SystemExit) as error:  # code of another package can raise any exception
        reason = next(iter(str(error).splitlines()), "")
        return [_broken(name, place, f"{type(error).__name__}: {reason}" if reason else type(error).__name__)]
    if not isinstance(found, Importer):
        return [_broken(name, place, f"{place.entry.value} is of the type {type(found).__name__}, not Importer")]
    if found.name != name:
        return [_broken(name, place, f"its own name is {found.name}")]
    return found


def _broken(name: str, place: ImporterPlace, reason: str) -> Diagnostic:
    message = (
        f"the importer `{shown(name)}` of the package `{shown(place.package)}` cannot be loaded: {shown(reason, 200)}"
    )
    return Diagnostic("I007", message, help=_BROKEN)


def _unreadable(package: str) -> Diagnostic:
    return Diagnostic("I007", f"the entry points of the package `{shown(package)}` cannot be read", help=_BROKEN)
