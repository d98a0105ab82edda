"""Read typed answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rulewright.ask.interview import Place
from rulewright.model.contradictions import plain
from rulewright.model.facts import Case
from rulewright.model.hosts import host_name
from rulewright.model.rulebook import Field, Rulebook
from rulewright.model.values import FieldType, Known, normal_form
from rulewright.scalars import Mismatch, typed_value
from rulewright.source import ScalarNode

_YES, _NO = frozenset({"y", "yes", "true"}), frozenset({"n", "no", "false"})
_LONGEST_REF = 10_000


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The reason why typed text is not an answer, with advice."""

    message: str


def choices_of(rulebook: Rulebook, place: Place, case: Case) -> Sequence[tuple[str, str]]:
    """Return the choices for a question, each with its label: choices of the field, or facts to refer to."""
    if place.field is None:
        return ()
    field = rulebook.kinds[place.kind].fields[place.field]
    if field.refers_to is not None:
        return [(fact.ref, "") for fact in case.facts.get(field.refers_to, ())]
    return list(field.choices.items())


def read_value(rulebook: Rulebook, place: Place, case: Case, text: str) -> Known | NoAnswer:
    """Return the typed value, or the reason why it is not an answer.

    A choice or reference is typed as its word or its number in the list, yes/no as `y` or `n`, any other value as YAML.
    """
    assert place.field is not None, "a value is of a field"
    field = rulebook.kinds[place.kind].fields[place.field]
    offered = choices_of(rulebook, place, case)
    if offered or field.refers_to is not None:
        return _chosen(field, offered, text, adds=field.refers_to is not None and field.refers_to not in case.facts)
    if field.type is FieldType.YES_NO:
        return True if text.lower() in _YES else False if text.lower() in _NO else NoAnswer("answer yes or no")
    quoted = field.type is FieldType.TEXT
    value = typed_value(ScalarNode(_unquoted(text) if quoted else text, plain=not quoted), field.type)
    if isinstance(value, Mismatch):
        return NoAnswer(value.message if value.help is None else f"{value.message}; {value.help}")
    return _within(field, host_name(value) if field.host_name and isinstance(value, str) else value)


def read_ref(text: str, taken: Sequence[str]) -> str | NoAnswer:
    """Return the typed ref of a new fact; refs in `taken` are refused."""
    ref = normal_form(_unquoted(text))
    if not ref or "\x00" in ref or len(ref) > _LONGEST_REF:
        return NoAnswer("a name cannot be empty or overlong")
    return NoAnswer(f"`{ref}` is on the list already") if ref in taken else ref


def _chosen(field: Field, offered: Sequence[tuple[str, str]], text: str, adds: bool) -> Known | NoAnswer:
    wanted = normal_form(_unquoted(text))
    values = [value for value, _ in offered]
    if wanted in values:
        return wanted
    labelled = [value for value, label in offered if label and label.lower() == wanted.lower()]
    if len(labelled) == 1:
        return labelled[0]
    if text.isdecimal() and 1 <= int(text) <= len(values):
        return values[int(text) - 1]
    if adds:
        ref = read_ref(text, ())
        return ref
    if not values:
        return NoAnswer(f"there is no {field.refers_to} that it could refer to")
    return NoAnswer("take one from the list, by its word or its number")


def _within(field: Field, value: Known) -> Known | NoAnswer:
    # bounds are of the field's type
    if field.minimum is not None and value < field.minimum:  # type: ignore[operator]
        return NoAnswer(f"it is `{plain(field.minimum)}` at least")
    if field.maximum is not None and value > field.maximum:  # type: ignore[operator]
        return NoAnswer(f"it is `{plain(field.maximum)}` at most")
    return value


def _unquoted(text: str) -> str:
    """Return a text without the quotation marks around it; quoted, any text can be typed."""
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text
