"""Cases from the answers of other systems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

from rulewright.api.cases import Case, case_of
from rulewright.catalogue import read_bytes
from rulewright.diagnostics import Diagnostic, has_errors
from rulewright.errors import InputError
from rulewright.read.documents import read_documents
from rulewright.vendors.entry_points import find_places
from rulewright.vendors.registry import find_importers, import_sources


@dataclass(frozen=True, slots=True)
class Importer:
    """An importer: the name of a source of facts, and the answers that it reads.

    `also` joins answers of other sources into the case; it has files by the names of their importers. Facts of one
    subject from several sources become one fact.
    """

    name: str

    @property
    def description(self) -> str:
        """Return the answers that it reads, in words.

        Raises InputError for the importer of another package that cannot be loaded.
        """
        found = find_importers().load(self.name)
        if isinstance(found, list):
            raise InputError(found)
        return found.description

    def read(
        self,
        *paths: str | PathLike[str],
        also: Mapping[str, str | PathLike[str] | Iterable[str | PathLike[str]]] | None = None,
    ) -> Case:
        """Return the one case that the answers in the files make. Its `warnings` say what to know of it.

        Raises InputError, with file, line and column, for an answer that cannot be read.
        """
        text, warnings = self._imported(paths, also or {})
        documents, wrong = read_documents(text.encode(), f"<{self.name}>")
        if wrong:
            raise InputError(wrong)
        return case_of(documents[0], tuple(warnings))

    def to_yaml(
        self,
        *paths: str | PathLike[str],
        also: Mapping[str, str | PathLike[str] | Iterable[str | PathLike[str]]] | None = None,
    ) -> str:
        """Return the case as the text of a case file, in which a comment says where each fact came from.

        It is what `rulewright import` writes. Raises InputError for an answer that cannot be read.
        """
        return self._imported(paths, also or {})[0]

    def _imported(
        self,
        paths: Iterable[str | PathLike[str]],
        also: Mapping[str, str | PathLike[str] | Iterable[str | PathLike[str]]],
    ) -> tuple[str, list[Diagnostic]]:
        named = [(self.name, path) for path in paths]
        for source, several in also.items():
            named += [(source, one) for one in _each(several)]
        contents: list[tuple[str, str, bytes]] = []
        diagnostics: list[Diagnostic] = []
        for source, path in named:
            data = read_bytes(Path(path))
            if isinstance(data, Diagnostic):
                diagnostics.append(data)
            else:
                contents.append((source, fspath(path), data))
        text, more = import_sources(contents) if contents or not diagnostics else (None, [])
        diagnostics += more
        if text is None or has_errors(diagnostics):
            raise InputError(diagnostics)
        return text, diagnostics


def _each(paths: str | PathLike[str] | Iterable[str | PathLike[str]]) -> Iterator[str | PathLike[str]]:
    if isinstance(paths, str | PathLike):
        yield paths
    else:
        yield from paths


class _Importers(Mapping[str, Importer]):
    """The shipped importers and those of installed packages. An importer is loaded when it is used."""

    def __getitem__(self, name: str) -> Importer:
        if name not in find_places().by_name:
            raise KeyError(name)
        return Importer(name)

    def __iter__(self) -> Iterator[str]:
        return iter(find_places().by_name)

    def __len__(self) -> int:
        return len(find_places().by_name)


#: The importers by name.
importers: Mapping[str, Importer] = _Importers()
