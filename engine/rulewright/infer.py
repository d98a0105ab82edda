"""Forward chaining by durable-rules over the situations of one inference; the only module that uses its API.

It stays within the limits in which durable-rules is exact (see `docs/inference.md`). Each partition is a ruleset, and
each message has its own session. Properties are short texts, and rules are conjunctions over one message. A sentinel
fires in every session, which is deleted afterwards. The result depends only on the message, so each distinct message is
inferred once and cached.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from rulewright.compile.program import UNKNOWN, Inference, Partition
from rulewright.diagnostics import Diagnostic

try:
    import durable_rules_engine as durable
except ImportError as error:
    durable = None
    _IMPORT_ERROR: ImportError | None = error
else:
    _IMPORT_ERROR = None

_SESSION = "1"
_SENTINEL = "sentinel"
_MAXIMUM_FIRINGS = 1_000
#: Maximum number of cached messages: some tens of megabytes.
_MAXIMUM_CACHED = 50_000

#: The values of the properties that a partition reads.
_Values: TypeAlias = tuple[str, ...]
#: The result of a message: places of properties, each with its value.
_Conclusions: TypeAlias = tuple[tuple[int, str], ...]


def missing_engine() -> Diagnostic | None:
    """Return the error for a failed import of durable-rules, or None."""
    if _IMPORT_ERROR is None:
        return None
    return Diagnostic(
        "U003",
        f"durable-rules cannot be imported: {_IMPORT_ERROR}",
        help=(
            "install it with `CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install --force-reinstall "
            "--no-cache-dir durable-rules==2.0.28`, which takes a C compiler and the headers of Python; or go on with "
            "`--engine plain`"
        ),
    )


class InferenceError(Exception):
    """durable-rules gave an impossible answer: the machine or the build is broken."""


class Reasoner:
    """Infers the situations of one inference.

    `places` maps each property to its index in the result of `infer`.
    """

    def __init__(self, inference: Inference) -> None:
        if durable is None:
            raise InferenceError(str(_IMPORT_ERROR))
        names = [test.property for test in inference.observed] + [rule.property for rule in inference.prior]
        letters = len(names)
        names += [
            name for partition in inference.partitions for reaction in partition.reactions for name, _ in reaction.then
        ]
        # properties that no reaction sets are unknown, but are read all the same
        names += [*inference.outcomes.values(), *inference.truths.values()]
        self.places: Mapping[str, int] = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self._nothing = [UNKNOWN] * (len(self.places) - letters)
        self._partitions: list[tuple[Callable[[list[str]], _Values], dict[_Values, _Conclusions], _Partition]] = [
            (values_at([self.places[name] for name in partition.properties]), {}, _Partition(partition, self.places))
            for partition in inference.partitions
        ]
        self._cached = 0

    def infer(self, situation: str) -> list[str]:
        """Return the values inferred from a situation: a letter for each observed test and each prior rule, in order.

        A test that does not matter is unknown.
        """
        values = [*situation.replace("-", UNKNOWN), *self._nothing]
        for read, cached, partition in self._partitions:
            message = read(values)
            concluded = cached.get(message)
            if concluded is None:
                concluded = self._infer_message(partition, cached, message)
            for place, value in concluded:
                values[place] = value
        return values

    def _infer_message(
        self, partition: _Partition, cached: dict[_Values, _Conclusions], message: _Values
    ) -> _Conclusions:
        if self._cached >= _MAXIMUM_CACHED:
            for _, each, _ in self._partitions:
                each.clear()
            self._cached = 0
        self._cached += 1
        cached[message] = partition.infer(message)
        return cached[message]


def values_at(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """Return a function that selects the values at these places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple([values[place] for place in places])


class _Partition:
    """A partition as a ruleset of durable-rules, with names that have distinct hashes.

    A message leaves out every property whose value no reaction reads. This includes unknown properties, unless a
    reaction tests for unknown.
    """

    def __init__(self, partition: Partition, places: Mapping[str, int]) -> None:
        properties, values = names_of(partition)
        self._words: list[dict[str, str]] = [{} for _ in partition.properties]
        number_of = {name: number for number, name in enumerate(partition.properties)}
        self._concluded: dict[str, _Conclusions] = {_SENTINEL: ()}
        rules: dict[str, object] = {_SENTINEL: _rule([{"page": _SENTINEL}])}
        for number, reaction in enumerate(partition.reactions):
            for name, value in reaction.when:
                self._words[number_of[name]][value] = f',"{properties[name]}":"{values[value]}"'
            self._concluded[f"r{number}"] = tuple((places[name], value) for name, value in reaction.then)
            rules[f"r{number}"] = _rule(
                [{properties[name]: values[value]} for name, value in reaction.when] or [{"page": _SENTINEL}]
            )
        self._handle = durable.create_ruleset(partition.name, json.dumps(rules))

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle is not None:
            durable.delete_ruleset(handle)

    def infer(self, read: _Values) -> _Conclusions:
        """Return the conclusions from the values of the properties, inferred in a session of their own."""
        words = [words.get(value, "") for words, value in zip(self._words, read, strict=True)]
        # a fixed id: one generated by durable-rules could collide with that of another message
        message = f'{{"id":"{_SENTINEL}","sid":"{_SESSION}","page":"{_SENTINEL}"{"".join(words)}}}'
        fired = self._fired(message)
        if _SENTINEL not in fired:  # deleting a session in which nothing fired would crash
            raise InferenceError(f"durable-rules fired nothing on {message}")
        durable.delete_state(self._handle, _SESSION)
        concluded = {place: value for name in fired for place, value in self._concluded[name]}
        return tuple(concluded.items())

    def _fired(self, message: str) -> list[str]:
        code, state = durable.assert_fact(self._handle, message)
        if code != 0:
            raise InferenceError(f"durable-rules answered {code} to {message}")
        fired: list[str] = []
        answer = durable.start_action_for_state(self._handle, state)
        text = answer[1] if answer else None
        while text:
            if len(fired) > _MAXIMUM_FIRINGS:
                raise InferenceError(f"durable-rules does not come to an end on {message}")
            fired.append(text[2 : text.index('"', 2)])  # {"r7":{"m":{…}}}; names need no unescaping
            text = durable.complete_and_start_action(self._handle, state)
        return fired


def _rule(terms: list[dict[str, str]]) -> dict[str, Any]:
    """Return a rule of durable-rules: a conjunction of terms on one message."""
    return {"all": [{"m": terms[0] if len(terms) == 1 else {"$and": terms}}]}


def names_of(partition: Partition) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of a partition's properties and values in durable-rules.

    durable-rules treats texts with equal 32-bit hashes as equal; the hashes of these names are distinct.
    """
    values = dict.fromkeys(value for reaction in partition.reactions for _, value in reaction.when)
    return (
        {name: f"p{number}" for number, name in enumerate(partition.properties)},
        {value: f"v{number}" for number, value in enumerate(values)},
    )


#: The names in every message.
COMMON_NAMES = ("id", "sid", "page", _SESSION, _SENTINEL)
