"""Joining of several answers about one subject, field by field, with the comments of all answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rulewright.case_text import Entry
from rulewright.diagnostics import Diagnostic, Related
from rulewright.vendors.conversions import Value
from rulewright.vendors.display import raw, shown
from rulewright.vendors.tables import Fact, Subject


@dataclass
class Joined:
    """A subject of a case, with one part for each kind of answer."""

    parts: list[Subject] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """Return the ref of the subject in the case."""
        return self.parts[0].ref

    def is_on(self, domain: Value | None) -> bool:
        """Return whether the subject is on a domain or a subdomain of it, including wildcard subdomains."""
        names = (str(part.stated("domain") or "").removeprefix("*").removeprefix(".") for part in self.parts)
        return any(f".{name}".endswith(f".{domain}") for name in names) if domain else False

    def add(self, subject: Subject) -> list[Diagnostic]:
        """Add a part from another answer, and return its contradictions with the other parts."""
        for part in self.parts:
            if part.table is subject.table:
                return _differences(part, subject)
        contradictions = list(self._contradictions(subject))
        self.parts.append(subject)
        return contradictions

    def entries(self, several_files: bool) -> list[Entry]:
        """Return the subject as it is written: each fact with its comment, then the reasons for omitted fields."""
        told: list[tuple[str, Fact | None, list[str]]] = [("ref", self._ref(several_files), [])]
        fields = tuple(dict.fromkeys(name for part in self.parts for name in part.table.kind.fields))
        for name in fields:
            stated = self._stated(name)
            if stated is not None:
                told.append((name, stated, []))
            elif any(name in part.gaps for part in self.parts):
                told[-1][2].append(f"{name}: {self._gap(name)}")
        told[-1][2].extend(self._never(fields))
        return [Entry(name, fact.value, fact.comment, tuple(below)) for name, fact, below in told if fact]

    def _ref(self, several_files: bool) -> Fact:
        comments = []
        for part in self.parts:
            words = part.table.kind.prefix_words if part.table.prefix else ""
            key = (
                (f"{words} and " if words else "")
                + part.record.name(part.table.ref)
                + (f" in {part.file}" if several_files else "")
            )
            comments.append(key + _labelled(part) if part.named_by is None else part.named_by)
        return Fact(self.ref, "; ".join(filter(None, comments)), ())

    def _stated(self, name: str) -> Fact | None:
        stating = [part for part in self.parts if name in part.facts]
        if not stating:
            return None
        first = _final(stating, name).facts[name]
        if len(self.parts) == 1:
            return first
        return Fact(first.value, "; ".join(f"{part.file}: {part.facts[name].comment}" for part in stating), ())

    def _gap(self, name: str) -> str:
        files: dict[str, list[str]] = {}
        for part in self.parts:
            if name in part.gaps:
                files.setdefault(part.gaps[name], []).append(part.file)
        if len(self.parts) == 1:
            return "".join(files)
        return "; ".join(f"{gap} ({', '.join(dict.fromkeys(where))})" for gap, where in files.items())

    def _never(self, fields: tuple[str, ...]) -> Iterator[str]:
        """Yield a line for the fields that no answer could have stated, with the names of the answers."""
        by_answers: dict[str, list[str]] = {}
        for name in fields:
            if any(name in part.facts or name in part.gaps for part in self.parts):
                continue
            answers = " or ".join(part.table.answer for part in self.parts if name in part.table.never)
            if answers:
                by_answers.setdefault(answers, []).append(name)
        for answers, names in by_answers.items():
            yield f"{', '.join(names)}: an answer of {answers} never says {'these' if len(names) > 1 else 'this'}"

    def _contradictions(self, subject: Subject) -> Iterator[Diagnostic]:
        for name, fact in subject.facts.items():
            if name in subject.table.kind.progress:
                continue
            other = next((part for part in self.parts if name in part.facts), None)
            if other is None or other.facts[name].value == fact.value:
                continue
            theirs = other.facts[name]
            yield Diagnostic(
                "I005",
                f"`{name}` of {subject.name} is {_shown_value(fact)} by {subject.table.answer} "
                f"and {_shown_value(theirs)} by {other.table.answer}",
                subject.answer.span(fact.path),
                help="leave out the answer that is older or wrong",
                related=(Related("the other value stands", other.answer.span(theirs.path)),),
            )


def _final(stating: list[Subject], name: str) -> Subject:
    """Return the subject whose value of a field is the last in the order of the field, else the first subject."""
    order = stating[0].table.kind.progress.get(name, ())
    return max(stating, key=lambda subject: _position(order, subject.facts[name].value))


def _position(order: tuple[str, ...], value: Value) -> int:
    return order.index(str(value)) if value in order else -1


def _labelled(part: Subject) -> str:
    if not part.table.label:
        return ""
    label = part.find(part.table.label)
    return "" if label.says_nothing else f"; its {part.record.name(part.table.label)} is {raw(label.value)}"


def _differences(first: Subject, again: Subject) -> list[Diagnostic]:
    """Merge progress of a repeated record, and report other differing facts.

    Pages may overlap, so the same record may come twice. If the two differ, neither value can be trusted.
    """
    progress = again.table.kind.progress
    for name in progress:
        stating = [one for one in (first, again) if name in one.facts]
        if stating:
            first.facts[name] = _final(stating, name).facts[name]
    names = dict.fromkeys([*first.facts, *again.facts])
    differing = [fact for fact in names if fact not in progress and first.stated(fact) != again.stated(fact)]
    if first.problems or not differing:
        return []
    said = "; ".join(
        f"`{name}` is {_shown_value(again.facts.get(name))} here and {_shown_value(first.facts.get(name))} there"
        for name in differing
    )
    return [
        Diagnostic(
            "I005",
            f"{again.name} comes twice with different facts: {said}",
            again.answer.span(again.record.path),
            help="leave out the older answer",
            related=(Related(f"{first.name} comes first", first.answer.span(first.record.path)),),
        )
    ]


def _shown_value(fact: Fact | None) -> str:
    if fact is None:
        return "not stated"
    return f"`{'yes' if fact.value else 'no'}`" if isinstance(fact.value, bool) else f"`{shown(str(fact.value))}`"
