"""Import of the files of all answers into the text of one case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from rulewright.case_text import case_text, escaped
from rulewright.diagnostics import Diagnostic, Span
from rulewright.vendors.answer_files import STANDARD_INPUT, VendorAnswer
from rulewright.vendors.conversions import Stated
from rulewright.vendors.converters import whole_number
from rulewright.vendors.display import Json, shown
from rulewright.vendors.joining import Joined
from rulewright.vendors.key_spellings import find_key
from rulewright.vendors.record_search import find
from rulewright.vendors.subject_reader import read_record
from rulewright.vendors.tables import Finding, Importer, Kind, Row, Subject, Table, called

_MOST_FILES_NAMED = 10
#: The key beside a list that continues in another answer.
_NEXT = "NextToken"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file to import, and the importer that reads it."""

    importer: Importer
    file: str
    content: bytes


@dataclass
class _Listing:
    """The extent of a list over the answers read by one table: the total, and whether its last page is there."""

    table: Table
    place: Span
    total: int = 0
    ends: bool = False

    def read(self, answer: VendorAnswer) -> None:
        key = tuple(self.table.total.split("."))
        token = _at(answer.value, (_NEXT,))
        self.ends = self.ends or not (isinstance(token, str) and token.strip())
        total = whole_number(_at(answer.value, key))
        if isinstance(total, Stated) and isinstance(total.value, int) and total.value > self.total:
            self.total, self.place = total.value, answer.span(key)
        elif not self.total and not self.ends:
            self.place = answer.span((_NEXT,))

    def cut_short(self, came: int) -> str:
        """Return why records are missing, given the number read; an empty text if none are."""
        if self.total > came:
            return f"{self.table.total.rpartition('.')[2]} is {self.total} and only {came} came"
        return f"{_NEXT} says that there is more" if not self.total and not self.ends else ""


@dataclass
class _Case:
    """The content read from all files, as a case under construction."""

    several_files: bool
    kinds: dict[str, Kind]
    subjects: dict[tuple[str, str], Joined] = field(default_factory=dict)
    listings: dict[str, _Listing] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    unnamed: int = 0
    problems: list[Diagnostic] = field(default_factory=list)

    def read(self, request: ImportRequest) -> None:
        answer = request.importer.read(request.file, request.content)
        pages = find(request.importer, answer) if isinstance(answer, VendorAnswer) else answer
        if isinstance(pages, Diagnostic):
            self.problems.append(pages)
            return
        for page, finding in pages:
            self._read_page(request, page, finding)

    def _read_page(self, request: ImportRequest, answer: VendorAnswer, finding: Finding) -> None:
        self._note(answer, finding)
        found = [read_record(table, answer, record) for table, record in finding.records]
        subjects = [one for one in found if isinstance(one, Subject)]
        self.notes += [(request.file, one) for one in found if isinstance(one, str)]
        for table in finding.tables:
            if table.combine is not None:
                table.combine([one for one in subjects if one.table is table and one.ref and not one.problems])
        for subject in subjects:
            self.problems += subject.problems
            if not subject.ref and not subject.problems:
                self.unnamed += 1
                subject.ref = f"{subject.table.unnamed}-{self.unnamed}"
                subject.named_by = f"a name of our own, as the answer has no {subject.table.ref}"
                self.notes.append((request.file, subject.table.nameless))
            if subject.ref:
                joined = self.subjects.setdefault((subject.table.kind.name, subject.ref), Joined())
                contradictions = joined.add(subject)
                self.problems += [] if subject.problems else contradictions

    def _note(self, answer: VendorAnswer, finding: Finding) -> None:
        notes = finding.notes
        if not finding.records and not any(table.lists_all for table in finding.tables):
            notes = [*notes, *(f"an answer of {table.answer} that lists nothing" for table in finding.tables)]
        self.notes += [(answer.file, note) for note in notes]
        for table in finding.tables:
            self.listings.setdefault(table.answer, _Listing(table, Span(answer.file))).read(answer)

    def join_services(self) -> None:
        """Join each record about a domain with every service on the domain or a subdomain."""
        services = {name: self.of_kind(name) for name in self.kinds}
        for key, joined in list(self.subjects.items()):
            for part in joined.parts:
                if part.table.of_services is None:
                    continue
                of_kind = services[part.table.of_services.kind.name]
                on_it = [one for one in of_kind if one.is_on(part.stated("domain"))]
                for service in on_it:
                    self._join_service(service, part)
                if on_it:
                    self.subjects.pop(key, None)

    def _join_service(self, service: Joined, part: Subject) -> None:
        found = read_record(part.table.of_services or part.table, part.answer, part.record)
        if isinstance(found, Subject):
            found.ref, found.named_by = service.ref, ""
            self.problems += service.add(found)

    @property
    def tables(self) -> list[Table]:
        return [listing.table for listing in self.listings.values()]

    def parts(self) -> list[Subject]:
        return [part for joined in self.subjects.values() for part in joined.parts]

    def of_kind(self, kind: str) -> list[Joined]:
        return [joined for (its, _), joined in self.subjects.items() if its == kind]

    def cautions(self) -> Iterator[str]:
        """Yield the remarks about the whole case, for the head of the case file."""
        parts = self.parts()
        for table in self.tables:
            of_table = [part for part in parts if part.table is table]
            if of_table and table.caution:
                yield table.caution
            for row in table.rows:
                if isinstance(row, Row) and row.caveat and any(row.fact in part.facts for part in of_table):
                    yield f"{row.fact}: {row.caveat}"
        for name, kind in self.kinds.items():
            if kind.caution and self.of_kind(name):
                yield kind.caution
        yield from (warning.message for warning in self.warnings())
        yield from (f"{shown(called(file))}: {note}" for file, note in self.notes)

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield a warning for each incomplete list."""
        parts = self.parts()
        for listing in self.listings.values():
            why = listing.cut_short(sum(part.table is listing.table for part in parts))
            if why:
                message = f"pages of an answer of {listing.table.answer} are missing: {why}"
                yield Diagnostic(
                    "I006", message, listing.place, help="import all pages together, or the case is not whole"
                )


def run(requests: Sequence[ImportRequest]) -> tuple[str | None, list[Diagnostic]]:
    """Return the text of one case with the subjects of all files, or None; and the diagnostics."""
    kinds = {name: kind for request in requests for name, kind in request.importer.kinds.items()}
    case = _Case(len(requests) > 1, kinds)
    for request in requests:
        case.read(request)
    case.join_services()
    if case.problems:
        return None, case.problems
    listed = {table.kind.name for table in case.tables if table.lists_all}
    facts = {
        kind: [joined.entries(case.several_files) for joined in case.of_kind(kind)]
        for kind in kinds
        if kind in listed or case.of_kind(kind)
    }
    if not facts:
        return None, [
            Diagnostic("I003", f"there is nothing to import: {note}", Span(file)) for file, note in case.notes
        ]
    head = [_origin(requests), *dict.fromkeys(case.cautions())]
    return case_text(head, escaped(_case_name(requests[0])), facts), list(case.warnings())


def _origin(requests: Sequence[ImportRequest]) -> str:
    sources = list(dict.fromkeys(request.importer.name for request in requests))
    names = [
        shown(called(request.file)) + (f" ({request.importer.name})" if len(sources) > 1 else "")
        for request in requests[:_MOST_FILES_NAMED]
    ]
    more = len(requests) - len(names)
    command = "rulewright import" + (f" {sources[0]}" if len(sources) == 1 else "")
    return f"made by `{command}` from {', '.join(names)}" + (f" and {more} more" if more else "")


def _at(value: Json, keys: tuple[str, ...]) -> Json:
    for key in keys:
        named = find_key(value, key) if isinstance(value, dict) else None
        value = value[named] if isinstance(value, dict) and named is not None else None
    return value


def _case_name(request: ImportRequest) -> str:
    if request.file == STANDARD_INPUT:
        return request.importer.name
    path = PurePath(request.file)
    return (path.with_suffix("") if path.suffix == ".gz" else path).stem or request.importer.name
