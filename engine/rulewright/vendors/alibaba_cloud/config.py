"""Importer `aliyun-config`: an ECS instance recorded by Cloud Config, from an answer of GetDiscoveredResource."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.alibaba_cloud.ecs import INSTANCES
from rulewright.vendors.alibaba_cloud.vocabulary import VOCABULARY
from rulewright.vendors.answer_files import VendorAnswer, parse_json, read_json
from rulewright.vendors.display import Json, Path, spelled
from rulewright.vendors.key_spellings import find_key
from rulewright.vendors.tables import Always, Importer, Shape

_ANSWER = "Cloud Config GetDiscoveredResource"
_DETAIL, _CONFIGURATION = "DiscoveredResourceDetail", "Configuration"

_PLACE = (_DETAIL, _CONFIGURATION)
#: Maximum depth of the configuration: inside a detail, an answer, a body, and a list of pages.
_DEEPEST = 6

_INSTANCE = replace(
    INSTANCES,
    answer=_ANSWER,
    expected=f"an object with `{_DETAIL}.{_CONFIGURATION}`, the JSON of an ECS instance as a text",
    shapes=(Shape((_DETAIL, _CONFIGURATION)),),
    others={key: answer for key, answer in INSTANCES.others.items() if key != _DETAIL},
    aliases=None,
    rows=tuple(
        Always(row.fact, row.value, f"the configuration of an ECS instance in an answer of {_ANSWER}")
        if isinstance(row, Always)
        else row
        for row in INSTANCES.rows
    ),
    caution="what Cloud Config recorded: the instance may have changed since, or be gone",
    total="",
    lists_all=False,
)


def _read(file: str, content: bytes) -> VendorAnswer | Diagnostic:
    """Return the answer with the JSON text of its `Configuration` parsed; other answers unchanged."""
    answer = read_json(file, content)
    if isinstance(answer, Diagnostic):
        return answer
    value = _parsed(answer, answer.value, ())
    return value if isinstance(value, Diagnostic) else replace(answer, value=value)


def _is_configuration(path: Path) -> bool:
    """Return whether a path ends at the configuration of a detail, in any spelling."""
    last = path[-len(_PLACE) :]
    return len(last) == len(_PLACE) and all(
        find_key([str(key)], name) is not None for key, name in zip(last, _PLACE, strict=True)
    )


def _parsed(answer: VendorAnswer, value: Json, path: Path) -> Json | Diagnostic:
    """Return the value at a path with its configurations parsed, inside any envelope or list."""
    if not isinstance(value, dict | list) or len(path) > _DEEPEST:
        return value
    steps: list[str | int] = list(value) if isinstance(value, dict) else list(range(len(value)))
    opened = cast("dict[str | int, Json]", value.copy())
    for step in steps:
        part, place = opened[step], (*path, step)
        if isinstance(part, str) and _is_configuration(place):
            inner = parse_json(answer.file, part)
            if isinstance(inner, Diagnostic):
                message = f"`{spelled(place)}`: {inner.message}"
                return replace(inner, message=message, span=answer.span(place))
            opened[step] = inner.value
        else:
            found = _parsed(answer, part, place)
            if isinstance(found, Diagnostic):
                return found
            opened[step] = found
    return cast(Json, opened)


ALIYUN_CONFIG = Importer(
    "aliyun-config",
    "an ECS instance as Cloud Config recorded it: an answer of Cloud Config GetDiscoveredResource (JSON)",
    (_INSTANCE,),
    read=_read,
    vocabulary=VOCABULARY,
)
