"""Forward chaining by durable-rules over the situations of one inference; the only module that knows its shape.

It is used inside the envelope in which it is exact (see `docs/inference.md`): a ruleset for each page and a session for
each message, whose properties are short texts; rules that are conjunctions over that message; a sentinel that fires in
every session, which is deleted after it. What fires depends on the message alone, so each is asked once and remembered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from rulewright.compile.program import UNKNOWN, Inference, Page
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
#: The answers to so many messages are kept, some tens of megabytes.
_MAXIMUM_REMEMBERED = 50_000

#: The values of the properties that a page reads.
_Read: TypeAlias = tuple[str, ...]
#: What a message comes to: places of properties, each with its value.
_Set: TypeAlias = tuple[tuple[int, str], ...]


def missing_engine() -> Diagnostic | None:
    """What to do where durable-rules cannot be imported; none where it can."""
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
    """durable-rules did not do what it does inside the envelope: the machine or the build is broken."""


class Reasoner:
    """Infers the situations of one inference.

    `places` tells where the value of each property stands in what comes out.
    """

    def __init__(self, inference: Inference) -> None:
        if durable is None:
            raise InferenceError(str(_IMPORT_ERROR))
        names = [test.property for test in inference.observed] + [rule.property for rule in inference.prior]
        letters = len(names)
        names += [name for page in inference.pages for reaction in page.reactions for name, _ in reaction.then]
        names += [*inference.outcomes.values(), *inference.truths.values()]  # nothing may ever set them
        self.places: Mapping[str, int] = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self._nothing = [UNKNOWN] * (len(self.places) - letters)
        self._pages: list[tuple[Callable[[list[str]], _Read], dict[_Read, _Set], _Page]] = [
            (values_at([self.places[name] for name in page.properties]), {}, _Page(page, self.places))
            for page in inference.pages
        ]
        self._remembered = 0

    def infer(self, situation: str) -> list[str]:
        """What follows from a situation: a letter for each observed test and each prior rule, in their order.

        A test that does not matter is unknown.
        """
        values = [*situation.replace("-", UNKNOWN), *self._nothing]
        for read, known, page in self._pages:
            message = read(values)
            concluded = known.get(message)
            if concluded is None:
                concluded = self._ask(page, known, message)
            for place, value in concluded:
                values[place] = value
        return values

    def _ask(self, page: _Page, known: dict[_Read, _Set], message: _Read) -> _Set:
        if self._remembered >= _MAXIMUM_REMEMBERED:
            for _, each, _ in self._pages:
                each.clear()
            self._remembered = 0
        self._remembered += 1
        known[message] = page.ask(message)
        return known[message]


def values_at(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """What takes the values at these places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple([values[place] for place in places])


class _Page:
    """A page as a ruleset of durable-rules, with names of its own that no two of hash alike.

    A property that is unknown is left out of a message, where no reaction asks for just that, and so is a value that no
    reaction asks for.
    """

    def __init__(self, page: Page, places: Mapping[str, int]) -> None:
        properties, values = names_of(page)
        self._words: list[dict[str, str]] = [{} for _ in page.properties]
        number_of = {name: number for number, name in enumerate(page.properties)}
        self._concluded: dict[str, _Set] = {_SENTINEL: ()}
        rules: dict[str, object] = {_SENTINEL: _rule([{"page": _SENTINEL}])}
        for number, reaction in enumerate(page.reactions):
            for name, value in reaction.when:
                self._words[number_of[name]][value] = f',"{properties[name]}":"{values[value]}"'
            self._concluded[f"r{number}"] = tuple((places[name], value) for name, value in reaction.then)
            rules[f"r{number}"] = _rule(
                [{properties[name]: values[value]} for name, value in reaction.when] or [{"page": _SENTINEL}]
            )
        self._handle = durable.create_ruleset(page.name, json.dumps(rules))

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle is not None:
            durable.delete_ruleset(handle)

    def ask(self, read: _Read) -> _Set:
        """What follows from the values of the properties that this page reads, in a session of its own."""
        words = [words.get(value, "") for words, value in zip(self._words, read, strict=True)]
        # the message has an id of its own: durable-rules would make one that can be another's too
        message = f'{{"id":"{_SENTINEL}","sid":"{_SESSION}","page":"{_SENTINEL}"{"".join(words)}}}'
        fired = self._fired(message)
        if _SENTINEL not in fired:  # to delete a session in which nothing fired would be a crash
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
            fired.append(text[2 : text.index('"', 2)])  # of {"r7":{"m":{…}}}, where names hold nothing to unescape
            text = durable.complete_and_start_action(self._handle, state)
        return fired


def _rule(terms: list[dict[str, str]]) -> dict[str, Any]:
    """A rule of durable-rules: one message for which all of these hold."""
    return {"all": [{"m": terms[0] if len(terms) == 1 else {"$and": terms}}]}


def names_of(page: Page) -> tuple[dict[str, str], dict[str, str]]:
    """The names under which durable-rules knows the properties and the values of a page.

    It takes texts with the same 32-bit hash for the same; of these names no two have.
    """
    values = dict.fromkeys(value for reaction in page.reactions for _, value in reaction.when)
    return (
        {name: f"p{number}" for number, name in enumerate(page.properties)},
        {value: f"v{number}" for number, value in enumerate(values)},
    )


#: The names that are in every message.
COMMON_NAMES = ("id", "sid", "page", _SESSION, _SENTINEL)
