"""Forward chaining by durable-rules over the situations of one inference; the only module that knows its shape.

It is used inside the envelope in which it is exact (see `docs/inference.md`): a session for each situation and ruleset,
one message for each page, whose properties are short texts; rules that are conjunctions over one message; a sentinel
that fires in every session, which is deleted after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rulewright.compile.network import COUNTED, SATISFIED, counted_property, satisfied_property
from rulewright.compile.program import UNKNOWN, Inference, Page, Reaction, Ruleset
from rulewright.diagnostics import Diagnostic
from rulewright.model.outcomes import Outcome

try:
    import durable_rules_engine as durable
except ImportError as error:
    durable = None
    _IMPORT_ERROR: ImportError | None = error
else:
    _IMPORT_ERROR = None

_SESSION = "1"
_SENTINEL = "sentinel"
_NOTHING_MATCHED = 1
_MAXIMUM_FIRINGS = 100_000


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
            "`--engine reference`"
        ),
    )


class InferenceError(Exception):
    """durable-rules did not do what it does inside the envelope: the machine or the build is broken."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """What one situation comes to: the value of each property, and the reactions that fired, in order."""

    values: Mapping[str, str]
    fired: tuple[Reaction, ...]


class Reasoner:
    """Infers the situations of one inference; holds the rulesets that durable-rules has compiled."""

    def __init__(self, inference: Inference) -> None:
        if durable is None:
            raise InferenceError(str(_IMPORT_ERROR))
        self._inference = inference
        self._rulesets = [_Ruleset(ruleset) for ruleset in inference.rulesets]

    def infer(self, situation: str) -> Inferred:
        """What follows from a situation: a letter for each observed test and each prior rule, in their order."""
        values = self._facts(situation)
        fired: list[Reaction] = []
        for ruleset in self._rulesets:
            for reaction in ruleset.run(values):
                fired.append(reaction)
                values.update(reaction.then)
        return Inferred(values, tuple(fired))

    def _facts(self, situation: str) -> dict[str, str]:
        observed, prior = self._inference.observed, self._inference.prior
        values = {
            test.property: letter
            for test, letter in zip(observed, situation[: len(observed)], strict=True)
            if letter != "-"
        }
        for rule, letter in zip(prior, situation[len(observed) :], strict=True):
            outcome = OUTCOME_OF_LETTER[letter]
            values[rule.property] = outcome.value
            if outcome in SATISFIED:
                values[satisfied_property(rule.property)] = SATISFIED[outcome]
                values[counted_property(rule.property)] = COUNTED[outcome]
        return values


#: The letter that stands for the outcome of a prior rule in a situation.
OUTCOME_OF_LETTER = dict(zip("mvacsun", Outcome, strict=True))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as durable-rules is asked it: the start of its message, and its properties with the start of each in it.

    A property that is unknown is left out, where no reaction asks for just that.
    """

    start: str
    properties: tuple[tuple[str, str, bool], ...]
    always: bool


class _Ruleset:
    """A ruleset compiled by durable-rules, with names of its own that no two of hash alike."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._names = names_of(ruleset)
        self._words = {
            value: f'"{self._names[value]}"'
            for page in ruleset.pages
            for reaction in page.reactions
            for _, value in reaction.when
        }
        self._pages = [self._page(page) for page in ruleset.pages]
        self._reactions: dict[str, Reaction] = {}
        rules: dict[str, object] = {_SENTINEL: {"all": [{"m": {"page": _SENTINEL}}]}}
        for page in ruleset.pages:
            for reaction in page.reactions:
                name = f"rule{len(self._reactions)}"
                self._reactions[name] = reaction
                terms = [{"page": self._names[page.name]}]
                terms += [{self._names[prop]: self._names[value]} for prop, value in reaction.when]
                pattern: object = terms[0] if len(terms) == 1 else {"$and": terms}
                rules[name] = {"all": [{"m": pattern}]}
        self._handle = durable.create_ruleset(ruleset.name, json.dumps(rules))

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle is not None:
            durable.delete_ruleset(handle)

    def _page(self, page: Page) -> _Page:
        unknown = {name for reaction in page.reactions for name, value in reaction.when if value == UNKNOWN}
        return _Page(
            _message_start(self._names[page.name]),
            tuple((name, f',"{self._names[name]}":', name in unknown) for name in page.properties),
            any(not reaction.when for reaction in page.reactions),
        )

    def run(self, values: Mapping[str, str]) -> Iterator[Reaction]:
        """The reactions that fire, page by page; the caller adds what each concludes to `values` before the next."""
        self._assert(_message_start(_SENTINEL) + "}", expect_match=True)
        try:
            for page in self._pages:
                message = [page.start]
                for name, start, ask_unknown in page.properties:
                    word = self._words.get(values.get(name, UNKNOWN if ask_unknown else ""))
                    if word is not None:
                        message += (start, word)
                if len(message) > 1 or page.always:
                    for name in self._assert("".join(message) + "}"):
                        yield self._reactions[name]
        finally:
            durable.delete_state(self._handle, _SESSION)

    def _assert(self, message: str, expect_match: bool = False) -> list[str]:
        code, state = durable.assert_fact(self._handle, message)
        if code == _NOTHING_MATCHED and not expect_match:
            return []
        if code != 0:
            raise InferenceError(f"durable-rules answered {code} to {message}")
        fired: list[str] = []
        answer = durable.start_action_for_state(self._handle, state)
        text = answer[1] if answer else None
        while text:
            if len(fired) > _MAXIMUM_FIRINGS:
                raise InferenceError(f"durable-rules does not come to an end on {message}")
            fired.append(text[2 : text.index('"', 2)])  # of {"rule7":{"m":{…}}}, where names hold nothing to unescape
            text = durable.complete_and_start_action(self._handle, state)
        return [name for name in fired if name != _SENTINEL]


def _message_start(page: str) -> str:
    """The start of a page's message, with an id of its own: durable-rules would make one that can be another's too."""
    return f'{{"id":"{page}","sid":"{_SESSION}","page":"{page}"'


def names_of(ruleset: Ruleset) -> dict[str, str]:
    """The name under which durable-rules knows each property, value and page of a ruleset."""
    reactions = [reaction for page in ruleset.pages for reaction in page.reactions]
    names = dict.fromkeys(
        [
            "sid",
            "id",
            "page",
            _SESSION,
            _SENTINEL,
            UNKNOWN,
            *sorted({value for reaction in reactions for _, value in reaction.when}),
            *(page.name for page in ruleset.pages),
            *(name for page in ruleset.pages for name in page.properties),
        ]
    )
    return dict(zip(names, distinct_names(list(names)), strict=True))


def distinct_names(names: list[str]) -> list[str]:
    """The names, those changed whose 32-bit hash another has already: durable-rules takes such for the same."""
    taken: set[int] = set()
    distinct = []
    for name in names:
        candidate, attempt = name, 0
        while (hashed := fnv_1a(candidate)) in taken:
            attempt += 1
            candidate = f"{name}x{attempt}"
        taken.add(hashed)
        distinct.append(candidate)
    return distinct


def fnv_1a(text: str) -> int:
    """The 32-bit FNV-1a hash of a text, as durable-rules has it."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value
