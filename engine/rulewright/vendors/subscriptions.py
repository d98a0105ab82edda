"""Rows of a subscription and of the state of an instance, the same for every product that says them."""

from __future__ import annotations

from rulewright.vendors.converters import (
    choice,
    day_in_china,
    last_day_in_china,
    later_than,
    lock_reason,
    locked,
    placeholder,
    whole_months_from,
)
from rulewright.vendors.tables import Needs, Row, Value

_UNKNOWN = "the answer does not say whether this is a subscription"
#: Facts of a subscription that no answer gives.
NO_START = ("subscription_start",)
_LOCKED = Needs("locked", True, "it is not locked", "the answer does not say whether it is locked")
#: Facts of a lock, for answers that say nothing of locks.
NO_LOCKS = ("locked", "lock_reason")


def charge_type(key: str) -> Row:
    """How an instance is billed, where the vendor says it as PrePaid or PostPaid."""
    return Row("billing", key, choice({"PrePaid": "subscription", "PostPaid": "pay_as_you_go"}))


def payment_type(key: str) -> Row:
    """How an instance is billed, where the vendor says it as Subscription or PayAsYouGo."""
    return Row("billing", key, choice({"Subscription": "subscription", "PayAsYouGo": "pay_as_you_go"}))


def subscription(created: str, expires: str) -> tuple[Row, Row]:
    """The day of creation and the last day, from the keys of the times of creation and expiry; below the billing.

    The creation is not the start of the subscription: an instance that was pay-as-you-go keeps its time of creation.
    """
    creation = Row(
        "created",
        created,
        day_in_china,
        doubts=(placeholder, whole_months_from(created, expires)),
        caveat="the day of creation; the subscription began on that day or later: state its day as subscription_start",
    )
    end = Row(
        "subscription_end",
        expires,
        last_day_in_china,
        needs=Needs(
            "billing",
            "subscription",
            "pay-as-you-go has no subscription, and its expiry in the answer is a placeholder",
            _UNKNOWN,
        ),
        doubts=(placeholder, later_than(created, expires, most_years=50)),
    )
    return creation, end


def state(key: str, words: dict[str, Value], otherwise: str = "is a passing or unknown state") -> Row:
    """The state of an instance, from the vendor's words for it; `otherwise` says why any other leaves it open."""
    return Row("state", key, choice(words, otherwise=otherwise, ignore_case=True))


def locks(key: str) -> tuple[Row, Row]:
    """Whether an instance is locked, and why."""
    return Row("locked", key, locked), Row("lock_reason", key, lock_reason, needs=_LOCKED, is_optional=True)
