"""The rows of a subscription: the same for every product that says when an instance was created and expires."""

from __future__ import annotations

from rulewright.importers.converters import choice, day_in_china, later_than, placeholder
from rulewright.importers.tables import Needs, Row

_UNKNOWN = "the answer does not say whether this is a subscription"


def charge_type(key: str) -> Row:
    """How an instance is billed, where the vendor says it as PrePaid or PostPaid."""
    return Row("billing", key, choice({"PrePaid": "subscription", "PostPaid": "pay_as_you_go"}))


def payment_type(key: str) -> Row:
    """How an instance is billed, where the vendor says it as Subscription or PayAsYouGo."""
    return Row("billing", key, choice({"Subscription": "subscription", "PayAsYouGo": "pay_as_you_go"}))


def subscription(created: str, expires: str) -> tuple[Row, Row]:
    """The first and the last day, from the keys of the times of creation and expiry; to stand below the billing."""
    start = Row(
        "subscription_start",
        created,
        day_in_china,
        needs=Needs("billing", "subscription", "pay-as-you-go has no subscription", _UNKNOWN),
        doubts=(placeholder,),
        caveat="the day the instance was created; if it was pay-as-you-go at first, its subscription began later",
    )
    end = Row(
        "subscription_end",
        expires,
        day_in_china,
        needs=Needs(
            "billing",
            "subscription",
            "pay-as-you-go has no subscription, and its expiry in the answer is a placeholder",
            _UNKNOWN,
        ),
        doubts=(placeholder, later_than("subscription_start", most_years=50)),
    )
    return start, end
