"""The phrases of all words in English."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.language.phrases.forms import FunctionPhrases, OperatorPhrases

OPERATORS: Mapping[str, OperatorPhrases] = {
    "is": OperatorPhrases(
        holds="{left} is {right}",
        holds_not="{left} is not {right}",
        needed="{right}",
        needed_not="anything but {right}",
        dates=OperatorPhrases(
            holds="{left} is {right}",
            holds_not="{left} is not {right}",
            needed="{right}",
            needed_not="any day but {right}",
        ),
    ),
    "in": OperatorPhrases(
        holds="{left} is one of {right}",
        holds_not="{left} is none of {right}",
        needed="one of {right}",
        needed_not="none of {right}",
    ),
    "at_least": OperatorPhrases(
        holds="{left} is at least {right}",
        holds_not="{left} is not at least {right}",
        needed="at least {right}",
        dates=OperatorPhrases(
            holds="{left} is on or after {right}",
            holds_not="{left} is not on or after {right}",
            needed="on or after {right}",
        ),
    ),
    "at_most": OperatorPhrases(
        holds="{left} is at most {right}",
        holds_not="{left} is not at most {right}",
        needed="at most {right}",
        dates=OperatorPhrases(
            holds="{left} is on or before {right}",
            holds_not="{left} is not on or before {right}",
            needed="on or before {right}",
        ),
    ),
    "more_than": OperatorPhrases(
        holds="{left} is more than {right}",
        holds_not="{left} is not more than {right}",
        needed="more than {right}",
        dates=OperatorPhrases(
            holds="{left} is after {right}",
            holds_not="{left} is not after {right}",
            needed="after {right}",
        ),
    ),
    "less_than": OperatorPhrases(
        holds="{left} is less than {right}",
        holds_not="{left} is not less than {right}",
        needed="less than {right}",
        dates=OperatorPhrases(
            holds="{left} is before {right}",
            holds_not="{left} is not before {right}",
            needed="before {right}",
        ),
    ),
    "starts_with": OperatorPhrases(
        holds="{left} starts with {right}",
        holds_not="{left} does not start with {right}",
        needed="a text that starts with {right}",
        needed_not="a text that does not start with {right}",
    ),
    "given": OperatorPhrases(
        holds="{left} is given", holds_not="{left} is not given", needed="a value", needed_not="none"
    ),
    "known": OperatorPhrases(
        holds="{left} is known",
        holds_not="{left} is not known",
        needed="that it is known",
        needed_not="that nobody says it",
    ),
}

FUNCTIONS: Mapping[str, FunctionPhrases] = {
    "plus": FunctionPhrases("", " plus ", ""),
    "minus": FunctionPhrases("", " less ", ""),
    "maximum": FunctionPhrases("the greatest of ", " and ", ""),
    "minimum": FunctionPhrases("the least of ", " and ", ""),
    "months_between": FunctionPhrases("months from ", " to ", ""),
    "days_between": FunctionPhrases("days from ", " to ", ""),
}
