"""Rows of subscriptions and of the state of an instance, common to all products."""

from __future__ import annotations

from rulewright.vendors.conversions import Value
from rulewright.vendors.converters import choice, lock_reason, locked
from rulewright.vendors.tables import Needs, Row
from rulewright.vendors.times import day_in, last_day_in, later_than, placeholder, whole_months_from

#: The zone of Alibaba Cloud's subscriptions, which end at midnight there.
CHINA = "Asia/Shanghai"
_UNKNOWN = "the answer does not say whether this is a subscription"
#: Facts of a subscription that no answer states.
NO_START = ("subscription_start",)
_LOCKED = Needs("locked", True, "it is not locked", "the answer does not say whether it is locked")
#: Facts of a lock, for answers without locks.
NO_LOCKS = ("locked", "lock_reason")


def charge_type(key: str) -> Row:
    """Return the row of the billing for answers with PrePaid and PostPaid."""
    return Row("billing", key, choice({"PrePaid": "subscription", "PostPaid": "pay_as_you_go"}))


def payment_type(key: str) -> Row:
    """Return the row of the billing for answers with Subscription and PayAsYouGo."""
    return Row("billing", key, choice({"Subscription": "subscription", "PayAsYouGo": "pay_as_you_go"}))


def subscription(created: str, expires: str) -> tuple[Row, Row]:
    """Return the rows of the creation day and of the last day. They must follow the row of the billing.

    The creation is not the start of the subscription: an instance that was pay-as-you-go keeps its time of creation.
    """
    creation = Row(
        "created",
        created,
        day_in(CHINA),
        doubts=(placeholder, whole_months_from(created, expires, CHINA)),
        caveat="the day of creation; the subscription began on that day or later: state its day as subscription_start",
    )
    end = Row(
        "subscription_end",
        expires,
        last_day_in(CHINA),
        needs=Needs(
            "billing",
            "subscription",
            "pay-as-you-go has no subscription, and its expiry in the answer is a placeholder",
            _UNKNOWN,
        ),
        doubts=(placeholder, later_than(created, expires, most_years=50, zone=CHINA)),
    )
    return creation, end


def state(key: str, words: dict[str, Value], otherwise: str = "is a passing or unknown state") -> Row:
    """Return the row of an instance's state. For other words, `otherwise` says why the state stays open."""
    return Row("state", key, choice(words, otherwise=otherwise, ignore_case=True))


def locks(key: str) -> tuple[Row, Row]:
    """Return the rows of a lock and its reason."""
    return Row("locked", key, locked), Row("lock_reason", key, lock_reason, needs=_LOCKED, is_optional=True)
