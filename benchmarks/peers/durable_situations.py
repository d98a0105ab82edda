"""durable-rules inside the envelope in which it is exact, by hand: each server a session, in a process for each core.

The tests are those of the rulebook `own-situations`, three-valued: rules tell what is met and what is violated, and a
further message, of these outcomes, the verdict.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import durable_rules_engine as durable
import orjson

from benchmarks.peers.case_by_case import Judge
from benchmarks.workload.own_situations import CHECKS, NOT_READY, READY, RULES

_AT_ONCE = 500
_SENTINEL = '{"id":"s","sid":"1","page":"sentinel"}'
_MET, _VIOLATED = "met", "violated"
_handles: list[Any] = []


def prepare() -> Judge:
    """What judges a file."""
    return partial(_judge, multiprocessing.get_context("spawn").Pool(initializer=_begin))


def _judge(pool: Any, source: Path, output: Path) -> None:
    with source.open("rb") as lines, output.open("wb") as results, pool:
        results.writelines(pool.imap(_judge_lines, _batches(lines)))


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(lines, _AT_ONCE)):
        yield some


def _begin() -> None:
    _handles.append(durable.create_ruleset("situations", json.dumps(_rules())))


def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = {"sentinel": _rule({"page": "sentinel"})}
    for place in range(CHECKS):
        first, *others = (f"check_{(place + step) % CHECKS}" for step in range(3))
        rules[f"{_MET}.{place}.first"] = _rule({"page": "checks"}, {first: "t"})
        rules[f"{_MET}.{place}.both"] = _rule({"page": "checks"}, *({other: "t"} for other in others))
        for other in others:
            rules[f"{_VIOLATED}.{place}.{other}"] = _rule({"page": "checks"}, {first: "f"}, {other: "f"})
        rules[f"{NOT_READY}.{place}"] = _rule({"page": "outcomes"}, {f"rule_{place}": _VIOLATED})
    rules[READY] = _rule({"page": "outcomes"}, *({f"rule_{place}": _MET} for place in range(CHECKS)))
    return rules


def _rule(*terms: dict[str, str]) -> dict[str, Any]:
    return {"all": [{"m": terms[0] if len(terms) == 1 else {"$and": list(terms)}}]}


def _judge_lines(lines: list[bytes]) -> bytes:
    return b"".join(_answer(_handles[0], orjson.loads(line)) for line in lines)


def _answer(handle: Any, case: dict[str, Any]) -> bytes:
    _fired(handle, _SENTINEL)
    checks = [f',"check_{place}":"{"t" if case[f"check_{place}"] else "f"}"' for place in range(CHECKS)]
    outcomes: dict[int, str] = {}
    for name in _fired(handle, f'{{"id":"c","sid":"1","page":"checks"{"".join(checks)}}}'):
        outcome, place, _ = name.split(".")
        outcomes[int(place)] = outcome
    told = [f',"rule_{place}":"{outcome}"' for place, outcome in outcomes.items()]
    verdicts = _fired(handle, f'{{"id":"o","sid":"1","page":"outcomes"{"".join(told)}}}')
    durable.delete_state(handle, "1")
    violated = [RULES[place] for place in range(CHECKS) if outcomes.get(place) == _VIOLATED]
    verdict = verdicts[0].split(".")[0] if verdicts else "needs_information"
    return orjson.dumps({"case": case["id"], "verdict": verdict, "violated": violated}) + b"\n"


def _fired(handle: Any, message: str) -> list[str]:
    code, state = durable.assert_fact(handle, message)
    fired: list[str] = []
    answer = durable.start_action_for_state(handle, state) if code == 0 else None
    text = answer[1] if answer else None
    while text:
        fired.append(text[2 : text.index('"', 2)])
        text = durable.complete_and_start_action(handle, state)
    return fired
