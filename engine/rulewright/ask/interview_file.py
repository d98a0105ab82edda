"""Write the case file of an interview."""

from __future__ import annotations

from datetime import date

from rulewright.ask.interview import Interview
from rulewright.case_text import Entry, case_text
from rulewright.model.facts import Fact
from rulewright.render.arrange import place as place_of


def interview_text(interview: Interview, answered_on: date) -> str:
    """Return the case file with every stated or answered fact, each with a comment on its origin.

    The file states the date of the case, so that a later check has the same verdict. A declined fact is left out, with
    a comment.
    """
    case, rulebook = interview.case, interview.rulebook
    head = [
        f"Facts for {rulebook.title} (rulebook {rulebook.name}, edition {rulebook.edition}),",
        f"completed in an interview on {answered_on}.",
    ]
    declined = [place for place in interview.declined if place.field is None]
    head += [f"{place.kind}: nobody knows which there are" for place in sorted(declined)]
    kinds = {kind: [_entries(interview, fact) for fact in found] for kind, found in case.facts.items()}
    return case_text(head, case.name, kinds, case.as_of)


def _entries(interview: Interview, fact: Fact) -> list[Entry]:
    started = {one.ref: one for one in interview.start.facts.get(fact.kind, ())}
    before = started.get(fact.ref)
    unknown = sorted(
        place.field for place in interview.declined if place[:2] == (fact.kind, fact.ref) and place.field is not None
    )
    below = [f"{name}: nobody knows" for name in unknown]
    entries = [Entry("ref", fact.ref, _origin(before, "ref"))]
    entries += [Entry(name, value, _origin(before, name)) for name, value in fact.values.items()]
    last = entries[-1]
    return [*entries[:-1], Entry(last.field, last.value, last.comment, tuple(below))]


def _origin(before: Fact | None, name: str) -> str:
    """Return the origin of a value: its place in the case file at the start, or the interview."""
    if before is None or (name != "ref" and name not in before.values):
        return "answered"
    return place_of(before.spans.get(name)) or place_of(before.span) or "stated before"
