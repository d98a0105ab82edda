"""The importer `aliyun-config`: an ECS instance that Cloud Config recorded, from an answer of GetDiscoveredResource."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from rulewright.diagnostics import Diagnostic
from rulewright.importers.aliyun_ecs import INSTANCES
from rulewright.importers.answers import Answer, parse_json, read_json
from rulewright.importers.tables import Always, Importer, Shape

_ANSWER = "Cloud Config GetDiscoveredResource"
_DETAIL, _CONFIGURATION = "DiscoveredResourceDetail", "Configuration"

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


def _read(file: str, content: bytes) -> Answer | Diagnostic:
    """The answer with the JSON in its `Configuration` opened up; other answers as they are."""
    answer = read_json(file, content)
    if isinstance(answer, Diagnostic) or not isinstance(answer.value, dict):
        return answer
    detail = answer.value.get(_DETAIL)
    if not isinstance(detail, dict) or not isinstance(detail.get(_CONFIGURATION), str):
        return answer
    inner = parse_json(file, cast(Any, detail[_CONFIGURATION]))
    if isinstance(inner, Diagnostic):
        message = f"`{_DETAIL}.{_CONFIGURATION}`: {inner.message}"
        return replace(inner, message=message, span=answer.span((_DETAIL, _CONFIGURATION)))
    return replace(answer, value={**answer.value, _DETAIL: {**detail, _CONFIGURATION: inner.value}})


ALIYUN_CONFIG = Importer(
    "aliyun-config",
    "an ECS instance as Cloud Config recorded it: an answer of Cloud Config GetDiscoveredResource (JSON)",
    (_INSTANCE,),
    read=_read,
)
