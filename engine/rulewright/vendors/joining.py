"""Joining what several answers say of one subject: field by field, each fact with the comments of all who state it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rulewright.diagnostics import Diagnostic, Related
from rulewright.vendors.casefile import Entry
from rulewright.vendors.kinds import KINDS
from rulewright.vendors.subjects import Fact, Subject
from rulewright.vendors.tables import Value
from rulewright.vendors.texts import raw, shown

#: Where answers give different states, the last of these among them counts: an expired instance is stopped, too.
_STATE, _STATES = "state", ("running", "stopped", "expired", "released")


@dataclass
class Joined:
    """One subject of a case: what each answer says of it, every kind of answer once."""

    parts: list[Subject] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """Its ref in the case."""
        return self.parts[0].ref

    def is_on(self, domain: Value | None) -> bool:
        """Whether it is on this domain or on one below it, be it all of those below."""
        names = (str(part.stated("domain") or "").removeprefix("*").removeprefix(".") for part in self.parts)
        return any(f".{name}".endswith(f".{domain}") for name in names) if domain else False

    def add(self, subject: Subject) -> list[Diagnostic]:
        """Put what a further answer says beside the others; what it contradicts comes back."""
        for part in self.parts:
            if part.table is subject.table:
                return _differences(part, subject)
        contradictions = list(self._contradictions(subject))
        self.parts.append(subject)
        return contradictions

    def entries(self, several_files: bool) -> list[Entry]:
        """The subject as it is written: each fact with its comment, and below it why those after it are left out."""
        told: list[tuple[str, Fact | None, list[str]]] = [("ref", self._ref(several_files), [])]
        fields = KINDS[self.parts[0].table.kind].fields
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
            product = "the product and " if part.table.prefix and part.table.kind == "cloud_service" else ""
            key = product + part.record.name(part.table.ref) + (f" in {part.file}" if several_files else "")
            comments.append(key + _labelled(part) if part.named_by is None else part.named_by)
        return Fact(self.ref, "; ".join(filter(None, comments)), ())

    def _stated(self, name: str) -> Fact | None:
        stating = [part for part in self.parts if name in part.facts]
        if not stating:
            return None
        first = (_final(stating) if name == _STATE else stating[0]).facts[name]
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
        """The facts that none of the answers could have stated, with the names of those answers."""
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
            if name == _STATE:
                continue
            other = next((part for part in self.parts if name in part.facts), None)
            if other is None or other.facts[name].value == fact.value:
                continue
            theirs = other.facts[name]
            yield Diagnostic(
                "I005",
                f"`{name}` of {subject.name} is {_told(fact)} by {subject.table.answer} "
                f"and {_told(theirs)} by {other.table.answer}",
                subject.answer.span(fact.path),
                help="leave out the answer that is older or wrong",
                related=(Related("the other value stands", other.answer.span(theirs.path)),),
            )


def _final(stating: list[Subject]) -> Subject:
    """The subject with the state that the others lead to."""
    return max(stating, key=lambda subject: _STATES.index(str(subject.facts[_STATE].value)))


def _labelled(part: Subject) -> str:
    if not part.table.label:
        return ""
    label = part.find(part.table.label)
    return "" if label.says_nothing else f"; its {part.record.name(part.table.label)} is {raw(label.value)}"


def _differences(first: Subject, again: Subject) -> list[Diagnostic]:
    """The same record may come twice, as pages overlap; with two values of a fact neither can be believed."""
    if _STATE in again.facts:
        first.facts[_STATE] = _final([one for one in (first, again) if _STATE in one.facts]).facts[_STATE]
    names = dict.fromkeys([*first.facts, *again.facts])
    differing = [fact for fact in names if fact != _STATE and first.stated(fact) != again.stated(fact)]
    if first.problems or not differing:
        return []
    said = "; ".join(
        f"`{name}` is {_told(again.facts.get(name))} here and {_told(first.facts.get(name))} there"
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


def _told(fact: Fact | None) -> str:
    if fact is None:
        return "not stated"
    return f"`{'yes' if fact.value else 'no'}`" if isinstance(fact.value, bool) else f"`{shown(str(fact.value))}`"
