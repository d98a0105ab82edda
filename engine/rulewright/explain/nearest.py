"""Suggest a listed text for a similar unlisted one: `cn-hangzhou` for `CN-HANGZHOU`. A suggestion is never applied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from rulewright.diagnostics import cut
from rulewright.explain.index import Index
from rulewright.model.conditions import FieldOf, Literal, Membership
from rulewright.model.explanation import MissingFact
from rulewright.model.facts import Case, Fact
from rulewright.model.languages import Language
from rulewright.model.rulebook import Field, Rulebook

#: The least similarity of two texts, by `difflib`, at which one may be a typing error for the other.
_ALIKE = 0.85
_HINTS = {
    Language.ENGLISH: "{label} `{value}` is not listed: did you mean `{nearest}`?",
    Language.CHINESE: "{label} `{value}` 不在列表中：是否为 `{nearest}`？",
}


@dataclass(frozen=True, slots=True)
class _Listed:
    """A text field, and the texts that rules compare it with to conclude another field."""

    field: Field
    texts: tuple[str, ...]


class Suggestions:
    """Suggests a listed text if rules conclude nothing from a stated text that is similar to it."""

    def __init__(self, index: Index, language: Language) -> None:
        self.hint = _HINTS[language]
        self.listed: dict[tuple[str, str], tuple[_Listed, ...]] = {
            key: found
            for key, rules in index.concluding.items()
            if (found := _listed(index.rulebook, key[0], [test for rule in rules for test in index.tests[rule.name]]))
        }

    def with_suggestions(self, missing: Sequence[MissingFact], case: Case) -> tuple[MissingFact, ...]:
        """Return the missing facts; a fact gets a note if a stated text is similar to a listed one."""
        if not any((one.kind, one.field) in self.listed for one in missing):
            return tuple(missing)
        facts = {(fact.kind, fact.ref): fact for found in case.facts.values() for fact in found}
        return tuple([self._with_suggestion(one, facts.get((one.kind, one.ref))) for one in missing])

    def _with_suggestion(self, missing: MissingFact, fact: Fact | None) -> MissingFact:
        for one in self.listed.get((missing.kind, missing.field or ""), ()) if fact is not None else ():
            value = fact.values.get(one.field.name) if fact is not None else None
            nearest = nearest_text(value, one) if isinstance(value, str) else None
            if nearest is not None:
                hint = self.hint.format(label=one.field.label, value=cut(str(value)), nearest=nearest)
                return replace(missing, note=hint)
        return missing


def nearest_text(value: str, listed: _Listed) -> str | None:
    """Return the listed text that a similar text may mean; none if the text is listed or resembles none.

    The comparison ignores case and white space. It tries equal texts and names, then texts with more or fewer parts,
    then typing errors.
    """
    if value in listed.texts:
        return None
    wanted = _plain(value)
    by_plain = {_plain(text): text for text in reversed(listed.texts)}
    names = {_plain(name): text for text, others in listed.field.also_called.items() for name in others}
    found = by_plain.get(wanted) or names.get(wanted)
    if found is not None or not wanted:
        return found
    around = [text for text in listed.texts if wanted.startswith(f"{_plain(text)}-")]
    if around:
        return max(around, key=len)
    inside = [text for text in listed.texts if wanted in re.split(r"[-_. ]", _plain(text))]
    shortest = min(inside, key=len, default="")
    if inside and all(text.startswith(shortest) for text in inside):
        return shortest
    near = get_close_matches(wanted, by_plain, n=1, cutoff=_ALIKE)
    return by_plain[near[0]] if near else None


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("_", "-").lower()


def _listed(rulebook: Rulebook, kind: str, tests: list[object]) -> tuple[_Listed, ...]:
    texts: dict[str, dict[str, None]] = {}
    for test in tests:
        if not isinstance(test, Membership) or not isinstance(test.left, FieldOf) or len(test.left.path) > 1:
            continue
        texts.setdefault(test.left.path[0], {}).update(dict.fromkeys(_options(rulebook, test)))
    fields: Mapping[str, Field] = rulebook.kinds[kind].fields
    return tuple(_Listed(fields[name], tuple(known)) for name, known in texts.items() if known and name in fields)


def _options(rulebook: Rulebook, test: Membership) -> list[str]:
    if isinstance(test.options, tuple):
        values: list[object] = [option.value for option in test.options if isinstance(option, Literal)]
    else:
        dated = rulebook.parameters[test.options.name].values
        values = [value for one in dated for value in (one.value if isinstance(one.value, tuple) else (one.value,))]
    return [value for value in values if isinstance(value, str)]
