"""What would satisfy a test that is not as it has to be."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import assert_never

from rulewright.explain.wording import Wording
from rulewright.model.chain import Needed
from rulewright.model.conditions import (
    AllRelated,
    AnyRelated,
    Comparator,
    Comparison,
    Expression,
    IsGiven,
    IsKnown,
    Literal,
    Membership,
    Not,
    NotCovered,
    ParameterOf,
    RelatedFacts,
    RuleOutcome,
    Test,
)
from rulewright.model.values import Absent, Known, Truth, Value

#: So many values of a list are named; of a longer one the first, and how many more there are.
_NAMED = 8

_OPPOSITES: Mapping[Comparator, str] = {
    Comparator.IS: "is_not",
    Comparator.AT_LEAST: "less_than",
    Comparator.AT_MOST: "more_than",
    Comparator.MORE_THAN: "at_most",
    Comparator.LESS_THAN: "at_least",
}
_WORDS: Mapping[str, str] = {
    "is": "",
    "is_not": "anything but ",
    "at_least": "at least ",
    "at_most": "at most ",
    "more_than": "more than ",
    "less_than": "less than ",
}
_DATE_WORDS: Mapping[str, str] = {
    "is": "",
    "is_not": "any day but ",
    "at_least": "on or after ",
    "at_most": "on or before ",
    "more_than": "after ",
    "less_than": "before ",
}
_UPWARDS = (Comparator.AT_LEAST, Comparator.MORE_THAN)


def needed_for(test: Test, wanted: Truth, right: Value | tuple[Known, ...], wording: Wording) -> Needed | None:
    """What would make the test come out as wanted (true or false); none where nothing can.

    `right` is what it compares with at present: a value, or the list of a membership.
    """
    holds = wanted is Truth.TRUE
    match test:
        case Comparison():
            return _compared(test, holds, right, wording)
        case Membership():
            return _member(test, holds, right, wording)
        case IsGiven():
            return Needed("a value" if holds else "none", "given", (holds,))
        case IsKnown():
            return Needed("that it is known" if holds else "that nobody says it", "known", (holds,))
        case AnyRelated(related) | AllRelated(related):
            return Needed(_related(related, isinstance(test, AllRelated), holds, wording))
        case RuleOutcome(_, outcome):
            said = outcome.replace("_", " ")
            return Needed(said if holds else f"anything but {said}")
        case NotCovered():
            return None
        case _:
            assert_never(test)


def wanted_of_counted(test: Comparison, wanted: Truth | None, left: bool) -> Truth | None:
    """How the condition of counted facts has to come out for more, or fewer, of them to count; none where unclear."""
    if wanted is None or test.comparator is Comparator.IS:
        return None
    more = (test.comparator in _UPWARDS) is left
    return wanted if more else ~wanted


def _compared(test: Comparison, holds: bool, right: Value | tuple[Known, ...], wording: Wording) -> Needed:
    named = wording.literal(test.right, test.left, wording.unit(test.left) or wording.unit(test.right))
    if isinstance(right, tuple | Absent):
        if right is Absent.NONE:
            return Needed(f"that there is a value of {named}, which is none" if holds else "nothing")
        return Needed(f"that {named} is known first")
    operator = test.comparator.value if holds else _OPPOSITES[test.comparator]
    words = _DATE_WORDS if wording.is_date(test.left) else _WORDS
    shown = _seen(named) if isinstance(test.right, Literal) else f"{_shown(right, test, wording)} ({named})"
    case = ", in any letter case" if test.ignore_case else ""
    parameter = test.right.name if isinstance(test.right, ParameterOf) else None
    return Needed(f"{words[operator]}{shown}{case}", operator, (right,), parameter)


def _shown(right: Known, test: Comparison, wording: Wording) -> str:
    return _seen(wording.value(test.right if wording.unit(test.right) else test.left, right))


def _member(test: Membership, holds: bool, options: Value | tuple[Known, ...], wording: Wording) -> Needed:
    if not isinstance(options, tuple):
        named = "the list that it has to be on"
        return Needed(f"that {named} is known first" if options is Absent.UNKNOWN else f"that there is {named}")
    shown = [_option(option, test.left, wording) for option in options]
    more = len(shown) - _NAMED
    listed = ", ".join(shown[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    case = ", in any letter case" if test.ignore_case else ""
    among = listed if holds and len(shown) == 1 else f"{'one' if holds else 'none'} of {listed}"
    parameter = test.options.name if isinstance(test.options, ParameterOf) else None
    return Needed(f"{among}{case}", "in" if holds else "not_in", options, parameter)


def _option(option: Known, left: Expression, wording: Wording) -> str:
    return _seen(wording.literal(Literal(option), left, wording.unit(left)))


def _seen(text: str) -> str:
    """A text, in quotation marks where nothing of it can be seen."""
    return text if text.strip() else f"“{text}”"


def _related(related: RelatedFacts, every: bool, holds: bool, wording: Wording) -> str:
    test = AllRelated(related) if every else AnyRelated(related)
    words = wording.condition(test)
    if holds:
        return words
    if not every:
        return words.replace("there is ", "there is not ", 1)
    label = wording.rulebook.kinds[related.of].label
    if related.where is None:
        return f"that a {label} is otherwise"
    return f"a {label} for which {wording.about(related.of).condition(Not(related.where))}"
