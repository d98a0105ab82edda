"""The change that a test needs to get another truth."""

from __future__ import annotations

from typing_extensions import assert_never

from rulewright.explain.needed_phrases import NEEDED_PHRASES
from rulewright.explain.wording import Wording
from rulewright.language.operators import equality, presence
from rulewright.model.chain import Needed
from rulewright.model.conditions import (
    AllRelated,
    AnyRelated,
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
from rulewright.model.entries import Comparator, Move, Presence
from rulewright.model.outcomes import Outcome
from rulewright.model.values import Absent, Known, Truth, Value

#: The number of values of a list that a phrase names. The phrase for a longer list gives the number of the others.
_NAMED = 8


def needed_for(test: Test, wanted: Truth, right: Value | tuple[Known, ...], wording: Wording) -> Needed | None:
    """Return the values that give a test the wanted truth, true or false; none for `NotCovered`.

    `right` is the present right-hand side of the test: a value, or the list of a membership.
    """
    holds = wanted is Truth.TRUE
    said = NEEDED_PHRASES[wording.language]
    match test:
        case Comparison():
            return _compared(test, holds, right, wording)
        case Membership():
            return _member(test, holds, right, wording)
        case IsGiven():
            return _present(presence.GIVEN, holds, wording)
        case IsKnown():
            return _present(presence.KNOWN, holds, wording)
        case AnyRelated(related) | AllRelated(related):
            return Needed(_related(related, isinstance(test, AllRelated), holds, wording))
        case RuleOutcome(_, outcome):
            outcomes = wording.phrases.outcomes
            return Needed(said.came_out[not holds].format(outcome=outcomes[Outcome(outcome)]))
        case NotCovered():
            return None
        case _:
            assert_never(test)


def wanted_of_condition(test: Comparison, wanted: Truth | None, left: bool) -> Truth | None:
    """Return the truth that the condition on counted facts needs so that their number moves in the right direction.

    None if the comparator has no direction. `left` is true if the count is on the left-hand side.
    """
    move = test.comparator.moves[0 if left else 1]
    if wanted is None or move is Move.NEITHER:
        return None
    return wanted if move is Move.UP else ~wanted


def _compared(test: Comparison, holds: bool, right: Value | tuple[Known, ...], wording: Wording) -> Needed:
    said = NEEDED_PHRASES[wording.language]
    named = wording.literal(test.right, test.left, wording.unit(test.left) or wording.unit(test.right))
    if isinstance(right, tuple | Absent):
        if right is Absent.NONE:
            return Needed(said.value_first[not holds].format(name=named))
        return Needed(said.known_first.format(name=named))
    operator, pattern = _operand_wanted(test.comparator, holds, wording, wording.is_date(test.left))
    shown = _quoted_if_blank(named)
    if not isinstance(test.right, Literal):
        shown = wording.phrases.named_value.format(value=_shown(right, test, wording), name=named)
    words = _any_case(pattern.format(right=shown), test, wording)
    if operator is None:
        return Needed(words)
    parameter = test.right.name if isinstance(test.right, ParameterOf) else None
    return Needed(words, operator, (right,), parameter)


def _operand_wanted(operator: Comparator, holds: bool, wording: Wording, is_date: bool) -> tuple[str | None, str]:
    """Return the keyword of the operator to satisfy, if there is one, and the pattern of its phrase."""
    said = wording.operators[operator.key].of(is_date)
    if holds:
        return operator.key, said.needed
    if operator.inverse is not None:
        return operator.inverse, wording.operators[operator.inverse].of(is_date).needed
    return operator.negated, said.needed_not


def _present(operator: Presence, holds: bool, wording: Wording) -> Needed:
    said = wording.operators[operator.key]
    return Needed(said.needed if holds else said.needed_not, operator.key, (holds,))


def _any_case(words: str, test: Comparison | Membership, wording: Wording) -> str:
    return wording.phrases.any_case.format(words=words) if test.ignore_case else words


def _shown(right: Known, test: Comparison, wording: Wording) -> str:
    return _quoted_if_blank(wording.value(test.right if wording.unit(test.right) else test.left, right))


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
    if holds and len(shown) == 1:
        pattern = "{right}"
    else:
        phrases = wording.operators[equality.IN.key]
        pattern = phrases.needed if holds else phrases.needed_not
    words = _any_case(pattern.format(right=listed), test, wording)
    parameter = test.options.name if isinstance(test.options, ParameterOf) else None
    return Needed(words, equality.IN.key if holds else equality.IN.negated, options, parameter)


def _option(option: Known, left: Expression, wording: Wording) -> str:
    return _quoted_if_blank(wording.literal(Literal(option), left, wording.unit(left)))


def _quoted_if_blank(text: str) -> str:
    """Return a text, in quotation marks if it is blank."""
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
