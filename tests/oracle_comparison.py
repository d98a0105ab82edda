"""Random rulebooks and cases as texts, evaluated by the oracle and by the engines of the product.

Rulebooks come from `strategies`. Each is varied here by what the writer of `strategies` always writes in one way, and
gets cases whose scalars are written in every way that the language allows.
"""

from __future__ import annotations

import argparse
import random
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import oracle
from oracle_product import ENGINES, results
from strategies import DATES, POOLS as STRATEGY_POOLS, REFS, Author, Drawer, Plain, write, write_rulebook

POOLS: Mapping[str, Sequence[Any]] = {type_.value: pool for type_, pool in STRATEGY_POOLS.items()}
HOSTS = [
    "a",
    "A.Example.",
    "a.example",
    "xn--fiq228c.com",
    "中文.com",
    "中文。COM",
    " a.example ",
    "xn--a",
    "ａ.example",
]
#: Words that YAML 1.2 takes for texts without quotes.
BARE_TEXTS = ("a", "A", "b", "yes", "no", "SS")
YES, NO = ("yes", "Yes", "YES", "true", "True", "TRUE"), ("no", "No", "NO", "false", "False", "FALSE")


# --- variations of a rulebook -----------------------------------------------------------------------------------------


def vary(book: dict[str, Any], drawer: Drawer) -> dict[str, Any]:
    """Return a rulebook of the same vocabulary with other forms of some words, and with host names."""
    facts = {
        kind: {"fields": {name: _varied_field(name, words, drawer) for name, words in found["fields"].items()}}
        for kind, found in book["facts"].items()
    }
    # `through` may be left out where the related kind has one reference
    single = {kind for kind, found in facts.items() if sum("to" in words for words in found["fields"].values()) == 1}
    rules = _with_fewer_contradictions(book["rules"], drawer)
    return {key: _varied(value, single, drawer) for key, value in {**book, "facts": facts, "rules": rules}.items()}


def _with_fewer_contradictions(rules: Mapping[str, Any], drawer: Drawer) -> dict[str, Any]:
    """Let most fields have one value in all rules that conclude them: a contradiction hides all other results."""
    first: dict[tuple[str, str], Any] = {}
    for rule in rules.values():
        for name, value in rule.get("conclude", {}).items():
            if drawer.chance(75):
                first.setdefault((rule["about"], name), value)
    varied = {}
    for name, rule in rules.items():
        concluded = {
            field: first.get((rule["about"], field), value) for field, value in rule.get("conclude", {}).items()
        }
        varied[name] = {**rule, "conclude": concluded} if concluded else rule
    return varied


def _varied_field(name: str, words: dict[str, Any], drawer: Drawer) -> dict[str, Any]:
    varied = dict(words)
    if name.startswith("b") and words["type"] == "text" and drawer.chance(25):
        varied["host_name"] = Plain(drawer.pick(YES))
    if "of" in words and drawer.chance(30):
        varied["of"] = list(words["of"])
    return varied


def _varied(node: Any, single: set[str], drawer: Drawer) -> Any:
    if isinstance(node, list):
        return [_varied(item, single, drawer) for item in node]
    if not isinstance(node, Mapping):
        return node
    varied = {key: _varied(value, single, drawer) for key, value in node.items()}
    if "through" in varied and varied["of"] in single and drawer.chance(50):
        del varied["through"]
    return varied


# --- cases ------------------------------------------------------------------------------------------------------------


def draw_case(book: Mapping[str, Any], drawer: Drawer) -> dict[str, Any]:
    """Return a case without errors: some facts are missing, not listed, null, or at the edges of their types."""
    kinds = list(book["facts"])
    listed = [kind for kind in kinds if not drawer.chance(8)] or kinds[:1]
    refs = {kind: drawer.some(REFS, 1, 3) if not drawer.chance(10) else [] for kind in listed}
    derived = {(rule["about"], name) for rule in book["rules"].values() for name in rule.get("conclude", {})}
    often = 50 if drawer.chance(15) else 10
    alone = {kind for kind in listed if len(refs[kind]) == 1 and drawer.chance(30)}
    unnamed = {kind for kind in listed if drawer.chance(15)}
    for kind in listed:
        if kind in unnamed:
            refs[kind] = [kind] if kind in alone else [f"{kind}-{n}" for n in range(1, len(refs[kind]) + 1)]
    case: dict[str, Any] = {}
    for kind in drawer.order(listed):
        facts = []
        for ref in refs[kind]:
            fact: dict[str, Any] = {} if kind in unnamed else {"ref": ref}
            for name, words in drawer.order(list(book["facts"][kind]["fields"].items())):
                if not _may_be_given(words) or not drawer.chance(
                    often if "computed" in words or (kind, name) in derived else 85
                ):
                    continue
                written = _stated(words, refs, drawer)
                if written is not None:
                    fact[name] = written
            facts.append(fact)
        case[kind] = facts[0] if kind in alone else facts
    for kind in kinds:
        if kind not in case and drawer.chance(30):
            case[kind] = Plain("~")
    return case


def _may_be_given(words: Mapping[str, Any]) -> bool:
    return str(words.get("may_be_given", "no" if "computed" in words else "yes")) == "yes"


def _stated(words: Mapping[str, Any], refs: Mapping[str, list[str]], drawer: Drawer) -> Any:
    """Return a value of a field as a case writes it; nothing if no reference can be made."""
    if drawer.chance(4):
        return Plain(drawer.pick(["~", "null", "NULL"]))
    if words["type"] == "reference":
        known = refs.get(words["to"], [])
        return drawer.pick(known) if known else None
    pool = HOSTS if "host_name" in words else list(words["of"]) if "of" in words else POOLS[str(words["type"])]
    return spelled(drawer.pick(pool[:3] if drawer.chance(50) else pool), drawer)


def spelled(value: Any, drawer: Drawer) -> Any:
    """Return a value in one of the ways in which it can be written."""
    if isinstance(value, bool):
        return Plain(drawer.pick(YES if value else NO))
    if isinstance(value, int):
        return Plain(drawer.pick([str(value), f"{value:+}", f"{'-' if value < 0 else ''}0{abs(value)}"]))
    if isinstance(value, Decimal):
        digits = f"{value:f}"
        return Plain(drawer.pick([digits, f"{value:e}", f"{digits}0" if "." in digits else f"{digits}."]))
    if isinstance(value, date):
        return drawer.pick([Plain(value), str(value)])
    if value in BARE_TEXTS and drawer.chance(40):
        return Plain(value)
    return unicodedata.normalize("NFD", value) if drawer.chance(20) else value


def draw(author: Author) -> tuple[str, list[tuple[str, date]]]:
    """Return the text of a rulebook, and the texts of one to four cases with their dates."""
    book = vary(author.rulebook(), author)
    cases = [(write(draw_case(book, author)), author.pick(DATES)) for _ in range(author.number(1, 4))]
    return write_rulebook(book), cases


# --- comparison -------------------------------------------------------------------------------------------------------


def comparable(result: Any) -> Any:
    """Return a result in which values of different types are never equal: yes is not 1, 1.50 is not 1.5."""
    if isinstance(result, Mapping):
        return {key: comparable(value) for key, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [comparable(item) for item in result]
    return (f"absent: {result.value}",) if isinstance(result, Enum) else (type(result).__name__, str(result))


@dataclass(frozen=True)
class Difference:
    """A part of a result for which the oracle and an engine differ."""

    engine: str
    case: int
    path: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"case {self.case}, {self.path}: the oracle has {self.expected}, {self.engine} has {self.found}"


def expectations(rulebook: str, cases: Sequence[tuple[str, date]]) -> list[dict[str, Any]]:
    """Return the results of the oracle."""
    document = oracle.load(rulebook)
    return [oracle.evaluate(document, oracle.load(text), day) for text, day in cases]


def differences(
    rulebook: str, cases: Sequence[tuple[str, date]], expected: Sequence[dict[str, Any]]
) -> list[Difference]:
    """Return every difference between the results of the oracle and those of an engine."""
    found = []
    for engine in ENGINES:
        for number, (one, other) in enumerate(zip(expected, results(rulebook, cases, engine), strict=True)):
            for path, left, right in _unlike(comparable(one), comparable(other), ""):
                found.append(Difference(engine, number, path, left, right))
    return found


def _unlike(left: Any, right: Any, path: str) -> list[tuple[str, Any, Any]]:
    if left == right:
        return []
    if not isinstance(left, dict) or not isinstance(right, dict):
        return [(path, left, right)]
    keys = dict.fromkeys([*left, *right])
    return [one for key in keys for one in _unlike(left.get(key), right.get(key), f"{path}/{key}")]


# --- command ----------------------------------------------------------------------------------------------------------


class RandomAuthor(Author):
    """An author who draws with a random number generator: fast, and the same for the same seed."""

    def __init__(self, seed: str) -> None:
        super().__init__(None)
        self._random = random.Random(seed)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)


def main(words: Sequence[str] | None = None) -> int:
    """Compare random cases, print each difference and the counts, and return 1 if there was a difference."""
    parser = argparse.ArgumentParser(
        prog="python tests/oracle", description="Compare the oracle with the engines of Rulewright on random rulebooks."
    )
    parser.add_argument("--cases", type=int, default=1_000, metavar="N", help="compare at least N cases")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="draw the rulebooks and cases of seed S")
    parser.add_argument("--only", type=int, metavar="I", help="compare rulebook I of the seed alone, and print it")
    options = parser.parse_args(words)
    counts: Counter[str] = Counter()
    number = 0 if options.only is None else options.only
    while counts["cases"] < options.cases:
        rulebook, cases = draw(RandomAuthor(f"{options.seed}-{number}"))
        if options.only is not None:
            print(rulebook, *(f"case {n} on {day}: {text}" for n, (text, day) in enumerate(cases)), sep="\n")
        expected = expectations(rulebook, cases)
        wrong = differences(rulebook, cases, expected)
        for difference in wrong:
            print(f"rulebook {number}, {difference}")
        if wrong:
            print(f"  reproduce: python tests/oracle --seed {options.seed} --only {number}", flush=True)
        counts.update(rulebooks=1, cases=len(cases), comparisons=len(cases) * len(ENGINES), differences=len(wrong))
        for result in expected:
            counts["subjects"] += len(result["subjects"])
            counts[f"verdict {result['verdict'] or 'none (contradictions)'}"] += 1
        if options.only is not None:
            break
        number += 1
    print(
        f"seed {options.seed}: {counts['comparisons']:,} comparisons"
        f" ({counts['cases']:,} cases of {counts['rulebooks']:,} rulebooks, {len(ENGINES)} engines,"
        f" {counts['subjects']:,} subjects), {counts['differences']:,} differences"
    )
    print(", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items()) if name.startswith("verdict")))
    return 1 if counts["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
