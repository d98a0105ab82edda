"""What would satisfy a test that is not as it has to be."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import assert_never

from rulewright.explain.needed_phrases import NEEDED_PHRASES
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
from rulewright.model.outcomes import Outcome
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
_UPWARDS = (Comparator.AT_LEAST, Comparator.MORE_THAN)


def needed_for(test: Test, wanted: Truth, right: Value | tuple[Known, ...], wording: Wording) -> Needed | None:
    """What would make the test come out as wanted (true or false); none where nothing can.

    `right` is what it compares with at present: a value, or the list of a membership.
    """
    holds = wanted is Truth.TRUE
    said = NEEDED_PHRASES[wording.language]
    match test:
        case Comparison():
            return _compared(test, holds, right, wording)
        case Membership():
            return _member(test, holds, right, wording)
        case IsGiven():
            return Needed(said.given[not holds], "given", (holds,))
        case IsKnown():
            return Needed(said.known[not holds], "known", (holds,))
        case AnyRelated(related) | AllRelated(related):
            return Needed(_related(related, isinstance(test, AllRelated), holds, wording))
        case RuleOutcome(_, outcome):
            outcomes = wording.phrases.outcomes
            return Needed(said.came_out[not holds].format(outcome=outcomes[Outcome(outcome)]))
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
    said = NEEDED_PHRASES[wording.language]
    named = wording.literal(test.right, test.left, wording.unit(test.left) or wording.unit(test.right))
    if isinstance(right, tuple | Absent):
        if right is Absent.NONE:
            return Needed(said.value_first[not holds].format(name=named))
        return Needed(said.known_first.format(name=named))
    operator = test.comparator.value if holds else _OPPOSITES[test.comparator]
    patterns = said.date_comparisons if wording.is_date(test.left) else said.comparisons
    shown = _seen(named)
    if not isinstance(test.right, Literal):
        shown = wording.phrases.named_value.format(value=_shown(right, test, wording), name=named)
    words = _any_case(patterns[operator].format(right=shown), test, wording)
    parameter = test.right.name if isinstance(test.right, ParameterOf) else None
    return Needed(words, operator, (right,), parameter)


def _any_case(words: str, test: Comparison | Membership, wording: Wording) -> str:
    return wording.phrases.any_case.format(words=words) if test.ignore_case else words


def _shown(right: Known, test: Comparison, wording: Wording) -> str:
    return _seen(wording.value(test.right if wording.unit(test.right) else test.left, right))


def _member(test: Membership, holds: bool, options: Value | tuple[Known, ...], wording: Wording) -> Needed:
    said = NEEDED_PHRASES[wording.language]
    if not isinstance(options, tuple):
        pattern = said.known_first if options is Absent.UNKNOWN else said.list_first
        return Needed(pattern.format(name=said.the_list))
    shown = [_option(option, test.left, wording) for option in options]
    more = len(shown) - _NAMED
    listed = wording.phrases.listed.join(shown[:_NAMED])
    if more > 0:
        listed = said.and_more.format(listed=listed, number=more)
    pattern = "{right}" if holds and len(shown) == 1 else said.one_of if holds else said.none_of
    words = _any_case(pattern.format(right=listed), test, wording)
    parameter = test.options.name if isinstance(test.options, ParameterOf) else None
    return Needed(words, "in" if holds else "not_in", options, parameter)


def _option(option: Known, left: Expression, wording: Wording) -> str:
    return _seen(wording.literal(Literal(option), left, wording.unit(left)))


def _seen(text: str) -> str:
    """A text, in quotation marks where nothing of it can be seen."""
    return text if text.strip() else f"“{text}”"


def _related(related: RelatedFacts, every: bool, holds: bool, wording: Wording) -> str:
    said, label = NEEDED_PHRASES[wording.language], wording.rulebook.kinds[related.of].label
    if holds:
        return wording.condition(AllRelated(related) if every else AnyRelated(related))
    if not every:
        return said.none_there.format(label=wording.phrases.with_article(label), where=wording.where(related))
    if related.where is None:
        return said.otherwise.format(label=label)
    return said.one_for_which.format(label=label, condition=wording.about(related.of).condition(Not(related.where)))
