"""Catalogue of rulebooks: find one by name or path, choose its edition for a date, and load it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import RLock

from rulewright.compile.compiler import compile_rulebook
from rulewright.compile.program import Program
from rulewright.diagnostics import Diagnostic, Span, did_you_mean, has_errors, in_source_order
from rulewright.model.languages import Language
from rulewright.model.notices import Notice, NoticeKind
from rulewright.model.rulebook import Rulebook
from rulewright.model.translation import Translation, translated
from rulewright.parse.rulebook import parse_rulebook
from rulewright.shipped import shipped_folder, shipped_rulebooks
from rulewright.source import MappingNode, ScalarNode, read_nodes
from rulewright.time_zones import UTC, today
from rulewright.valid_rulebooks import is_valid, note_valid

#: Patterns of a rulebook's name and of its facts in block style, with each kind indented by two spaces.
_NAME_LINE = re.compile(rb"^rulebook:[ \t]*([a-z][a-z0-9_-]*)[ \t]*\r?$", re.MULTILINE)
_FACTS_BLOCK = re.compile(rb"^facts:[ \t]*\r?\n((?:(?:[ \t]*(?:#[^\n]*)?|  [^\n]*)\r?\n)+)", re.MULTILINE)
_KIND = re.compile(rb"^  ([a-z][a-z0-9_]*):", re.MULTILINE)
_AT_KIND = re.compile(rb"^  [^ #\r\n]", re.MULTILINE)
_EDITION_FILE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.ya?ml\Z")


@dataclass(frozen=True, slots=True)
class Editions:
    """The files of a rulebook: by edition, or a single file given by its path."""

    name: str
    files: Mapping[date, Path]
    single: Path | None = None

    def file(self, edition: date | None) -> Path | Diagnostic:
        """Return the file of an edition, by default the newest. A single file is returned for any edition."""
        if self.single is not None:
            return self.single
        file = self.files.get(edition or max(self.files))
        return no_edition(self.name, edition, self.files) if file is None else file


def no_edition(rulebook: str, edition: date | None, known: Iterable[date]) -> Diagnostic:
    """Return the diagnostic of an edition that a rulebook does not have."""
    return Diagnostic(
        "U002",
        f"`{rulebook}` has no edition {edition}",
        help="its editions: " + ", ".join(str(one) for one in sorted(known)),
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A program chosen for a date, with the notices about the choice."""

    program: Program
    told: tuple[Notice, ...]

    @property
    def notices(self) -> tuple[str, ...]:
        """Return the notices in English."""
        return self.notices_in(Language.ENGLISH)

    def notices_in(self, language: Language) -> tuple[str, ...]:
        """Return the notices in a language."""
        return tuple(notice.text(language) for notice in self.told)


def check_rulebook(data: bytes, name: str, *, is_cached: bool = False) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return the rulebook in the bytes of a file called `name`, and its diagnostics in source order.

    With `is_cached`, a rulebook that linting found valid before is not linted again.
    """
    rulebook, diagnostics = parse_rulebook(data, name)
    if rulebook is None or (is_cached and not diagnostics and is_valid(data)):
        return rulebook, in_source_order(diagnostics)
    from rulewright.lint.changeable import nothing_can_change  # noqa: PLC0415
    from rulewright.lint.linting import lint  # noqa: PLC0415  slow to import, as linting is slow

    diagnostics = [*diagnostics, *lint(rulebook)]
    if not has_errors(diagnostics):  # an author adds `changes` after the rules are correct
        diagnostics += nothing_can_change(rulebook)
    if not diagnostics:
        note_valid(data)
    return rulebook, in_source_order(diagnostics)


def find_rulebook(named: str) -> Editions | Diagnostic:
    """Return the editions of a rulebook, given its name, its folder or the file of one edition.

    Names of shipped rulebooks come first, so that a folder of the same name cannot replace them.
    """
    shipped = shipped_rulebooks()
    path = Path(named)
    if named not in shipped and os.path.isfile(path):  # noqa: PTH113  a name may be too long for Path
        return Editions(named, {}, path)
    folder = shipped_folder("rulebook") / named if named in shipped else path
    if not named or not os.path.isdir(folder):  # noqa: PTH112
        return Diagnostic(
            "U001",
            f"there is no rulebook `{named}`",
            help=did_you_mean(named, shipped) or "give a name or the path of a file or folder",
        )
    return _editions_in(folder, named)


def has_editions(folder: Path) -> bool:
    """Return whether a folder holds editions of a rulebook."""
    try:
        return any(_EDITION_FILE.match(file.name) for file in folder.iterdir())
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Declared:
    """The name of a rulebook and the kinds of fact that its newest edition declares."""

    name: str
    kinds: frozenset[str]


def declared_in(named: str) -> Declared | None:
    """Return the name and the kinds of a rulebook without reading the rest, or None if it cannot be read."""
    found = find_rulebook(named)
    file = found if isinstance(found, Diagnostic) else found.file(None)
    data = file if isinstance(file, Diagnostic) else read_bytes(file)
    if isinstance(data, Diagnostic):
        return None
    name, facts = _NAME_LINE.search(data), _FACTS_BLOCK.search(data)
    kinds = [] if facts is None else _KIND.findall(facts.group(1))
    if name is not None and facts is not None and kinds and len(kinds) == len(_AT_KIND.findall(facts.group(1))):
        return Declared(name.group(1).decode(), frozenset(kind.decode() for kind in kinds))
    nodes, _ = read_nodes(data, named)
    root = nodes[0] if nodes else None
    if not isinstance(root, MappingNode):
        return None
    title, vocabulary = root.get("rulebook"), root.get("facts")
    declared = [entry.key.text for entry in vocabulary.entries] if isinstance(vocabulary, MappingNode) else []
    return Declared(title.text if isinstance(title, ScalarNode) else named, frozenset(declared))


def _editions_in(folder: Path, named: str) -> Editions | Diagnostic:
    files: dict[date, Path] = {}
    try:
        names = sorted(file.name for file in folder.iterdir())
    except OSError as error:
        return cannot_be_read(named, error.strerror or str(error))
    for name in names:
        match = _EDITION_FILE.match(name)
        if match is None:
            continue
        try:
            edition = date.fromisoformat(match.group(1))
        except ValueError:
            return Diagnostic(
                "U001",
                f"`{name}` in `{named}` is named by no day of the calendar",
                help="name the file by the day from which the edition is in force",
            )
        if edition in files:
            return Diagnostic(
                "U002",
                f"`{named}` has the edition {edition} twice: `{files[edition].name}` and `{name}`",
                help="keep one of the two",
            )
        files[edition] = folder / name
    if not files:
        return Diagnostic("U001", f"`{named}` has no editions", help="an edition is a file such as 2023-09-28.yaml")
    return Editions(folder.resolve().name, files)


class Catalogue:
    """Loads each edition of one rulebook once. Threads can share it."""

    def __init__(self, editions: Editions) -> None:
        self.editions = editions
        self._loaded: dict[Path, tuple[Program | None, list[Diagnostic]]] = {}
        self._today: dict[date | None, date] = {}
        self._lock = RLock()  # two programs of one file would not be the same object

    def choose(self, as_of: date, edition: date | None) -> tuple[Chosen | None, list[Diagnostic]]:
        """Return the program for a date: of the given edition, else of the newest complete edition in force.

        A date before the first complete edition gets that edition, with a notice. Return None and the errors if no
        program can be chosen.
        """
        if self.editions.single is None and edition is None:
            return self._newest_complete(as_of)
        program, diagnostics = self.edition(edition)
        return (None if program is None else Chosen(program, _notices(as_of, program.rulebook))), diagnostics

    def today(self, edition: date | None) -> date:
        """Return today's date for a case without a date, in the time zone of the edition in force there.

        Of several editions, the newest complete one that has begun in its own time zone counts, else the first. Without
        a readable edition, the zone is UTC. The first result for an edition is cached, so that all cases of a run have
        the same date.
        """
        if edition not in self._today:
            self._today[edition] = self.find_today(edition)
        return self._today[edition]

    def find_today(self, edition: date | None) -> date:
        """Return today's date as `today` does, at the moment of the call."""
        if self.editions.single is not None or edition is not None:
            program, _ = self.edition(edition)
            return today(UTC if program is None else program.rulebook.time_zone)
        newest_first = sorted(self.editions.files, reverse=True)
        tomorrow = today(UTC) + timedelta(days=1)  # some time zone may have this date already
        not_begun: list[date] = []
        for begins in newest_first:
            if begins > tomorrow:
                not_begun.append(begins)
                continue
            here = self._today_of(begins)
            if here is not None and begins <= here:
                return here
            not_begun.append(begins)
        found = (self._today_of(begins) for begins in reversed(not_begun))
        return next((here for here in found if here is not None), today(UTC))

    def _today_of(self, edition: date) -> date | None:
        """Return today's date in the time zone of an edition, or None if it is incomplete or unreadable."""
        program, _ = self._load(self.editions.files[edition])
        return None if program is None or not program.rulebook.complete else today(program.rulebook.time_zone)

    def edition(self, wanted: date | None) -> tuple[Program | None, list[Diagnostic]]:
        """Return the program of an edition, by default the newest, even if incomplete; and its diagnostics."""
        file = self.editions.file(wanted)
        if isinstance(file, Diagnostic):
            return None, [file]
        program, diagnostics = self._load(file)
        if program is not None and file == self.editions.single and wanted not in (None, program.rulebook.edition):
            return None, [no_edition(self.editions.name, wanted, [program.rulebook.edition])]
        return program, diagnostics

    def languages(self, program: Program) -> list[Language]:
        """Return the languages of a program's reports: English, and those with a translation file."""
        file = self._file_of(program)
        return [one for one in Language if one is Language.ENGLISH or translation_file(file, one).is_file()]

    def translated(self, program: Program, language: Language) -> tuple[Rulebook, list[Diagnostic]]:
        """Return the rulebook of a program in a language, and the errors of the translation.

        Texts without a translation stay as they are. With errors, the rulebook stays untranslated.
        """
        file = translation_file(self._file_of(program), language)
        if not file.is_file():
            return program.rulebook, []
        found, diagnostics = load_translation(file, program.rulebook, language)
        errors = [one for one in diagnostics if has_errors([one])]
        return (program.rulebook if found is None or errors else translated(program.rulebook, found)), errors

    def _file_of(self, program: Program) -> Path:
        with self._lock:
            return next(file for file, (loaded, _) in self._loaded.items() if loaded is program)

    def _newest_complete(self, as_of: date) -> tuple[Chosen | None, list[Diagnostic]]:
        newest_first = sorted(self.editions.files, reverse=True)
        in_force = [edition for edition in newest_first if edition <= as_of]
        later = [edition for edition in reversed(newest_first) if edition > as_of]
        notices: list[Notice] = []
        for edition in [*in_force, *later]:
            program, diagnostics = self._load(self.editions.files[edition])
            if program is None:
                return None, diagnostics
            if program.rulebook.complete:
                return Chosen(program, (*notices, *_notices(as_of, program.rulebook))), diagnostics
            if edition <= as_of:
                notices.append(Notice(NoticeKind.LEFT_ASIDE, edition, as_of))
        return None, [
            Diagnostic(
                "U002",
                f"no edition of `{self.editions.name}` is complete",
                help="name one with --edition: " + ", ".join(str(edition) for edition in newest_first),
            )
        ]

    def _load(self, file: Path) -> tuple[Program | None, list[Diagnostic]]:
        with self._lock:
            if file not in self._loaded:
                self._loaded[file] = load(file)
            return self._loaded[file]


def translation_file(rulebook_file: Path, language: Language) -> Path:
    """Return the path of a rulebook's translation, whether or not the file exists."""
    return rulebook_file.with_name(f"{rulebook_file.stem}.{language.value}.yaml")


def load_translation(file: Path, rulebook: Rulebook, language: Language) -> tuple[Translation | None, list[Diagnostic]]:
    """Return the translation in a file, with its mistakes and its missing texts as diagnostics."""
    data = read_bytes(file)
    if isinstance(data, Diagnostic):
        return None, [data]
    from rulewright.lint.templates import check_translation  # noqa: PLC0415  slow to import
    from rulewright.parse.translation_parser import read_translation  # noqa: PLC0415

    translation, diagnostics = read_translation(data, str(file), rulebook, language)
    return translation, [*diagnostics, *check_translation(rulebook, translation, file.name)]


def load(file: Path) -> tuple[Program | None, list[Diagnostic]]:
    """Return the program of a rulebook file, or None if the file has errors; and the diagnostics."""
    rulebook, diagnostics = check_file(file, with_translations=False, is_cached=True)
    if rulebook is None or has_errors(diagnostics):
        return None, diagnostics
    return compile_rulebook(rulebook), diagnostics


def check_file(
    file: Path, *, with_translations: bool = True, is_cached: bool = False
) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return the rulebook of a file, and every diagnostic of it and of its translations.

    A file named by a date must hold the edition of that date. With `is_cached`, a rulebook that linting found valid
    before is not linted again.
    """
    data = read_bytes(file)
    if isinstance(data, Diagnostic):
        return None, [data]
    rulebook, diagnostics = check_rulebook(data, str(file), is_cached=is_cached)
    match = _EDITION_FILE.match(file.name)
    if rulebook is not None and match:
        if match.group(1) != str(rulebook.edition):
            diagnostics.append(
                Diagnostic(
                    "R034",
                    f"the file is named {match.group(1)}, and the edition is {rulebook.edition}",
                    rulebook.span,
                    "name the file by its edition",
                )
            )
        diagnostics += _covered_by_none(rulebook, file.parent)
    if rulebook is not None and with_translations:
        for language in Language:
            beside = translation_file(file, language)
            if beside.is_file():
                diagnostics += load_translation(beside, rulebook, language)[1]
    return rulebook, diagnostics


def _covered_by_none(rulebook: Rulebook, folder: Path) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each `covered_by` that does not name another existing edition."""
    editions = {found.group(1) for other in folder.iterdir() if (found := _EDITION_FILE.match(other.name))}
    others = sorted(editions - {str(rulebook.edition)})
    for rule in rulebook.rules.values():
        lacking = rule.not_covered
        if lacking is not None and lacking.covered_by is not None and str(lacking.covered_by) not in others:
            message = f"there is no other edition of {lacking.covered_by} that could cover `{rule.name}`"
            help_ = "the other editions: " + ", ".join(others) if others else "leave `covered_by` out"
            yield Diagnostic("R038", message, lacking.span, help_)


def read_bytes(file: Path) -> bytes | Diagnostic:
    """Return the bytes of a file, or a diagnostic if it cannot be read."""
    try:
        return file.read_bytes()
    except (OSError, ValueError) as error:  # a name with a null character raises ValueError
        return cannot_be_read(str(file), getattr(error, "strerror", None) or str(error))


def cannot_be_read(name: str, reason: str) -> Diagnostic:
    """Return the diagnostic of a file that the operating system cannot read."""
    message = f"the file cannot be read: {reason.lower()}"
    return Diagnostic("S001", message, Span(name), "check the name and your rights")


def _notices(as_of: date, rulebook: Rulebook) -> tuple[Notice, ...]:
    """Return a notice if the case is dated before the edition begins."""
    if as_of >= rulebook.edition:
        return ()
    return (Notice(NoticeKind.BEFORE_THE_EDITION, rulebook.edition, as_of),)
