"""All operators, and the keywords that authors write for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rulewright.language.operators import equality, order, presence, texts
from rulewright.model.entries import Comparator, Keyword, Operator

_MODULES = (equality, order, texts, presence)

OPERATORS: Mapping[str, Operator] = {entry.key: entry for module in _MODULES for entry in module.OPERATORS}


class Written(NamedTuple):
    """A keyword with its operator."""

    keyword: Keyword
    operator: Operator


def _written() -> Mapping[str, Written]:
    found: dict[str, Written] = {}
    for module in _MODULES:
        of_module = [Written(keyword, entry) for entry in module.OPERATORS for keyword in entry.keywords]
        found.update((one.keyword.word, one) for one in sorted(of_module, key=lambda one: one.keyword.rank))
    return found


#: The operators by the keywords that stand for them, in the order in which messages list them.
KEYWORDS: Mapping[str, Written] = _written()


def comparator(key: str) -> Comparator:
    """Return the comparator of a key."""
    found = OPERATORS[key]
    if not isinstance(found, Comparator):
        raise TypeError(f"{key} does not compare two values")
    return found
