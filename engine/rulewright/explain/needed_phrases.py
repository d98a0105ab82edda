"""The phrases for the change that a test needs, in each language, with placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.model.languages import Language


@dataclass(frozen=True, slots=True)
class NeededPhrases:
    """The phrases of one language; the two of a pair are for a test that must hold and one that must not."""

    came_out: tuple[str, str]
    value_first: tuple[str, str]
    known_first: str
    the_list: str
    list_first: str
    and_more: str
    none_there: str
    otherwise: str
    one_for_which: str


NEEDED_PHRASES: Mapping[Language, NeededPhrases] = {
    Language.ENGLISH: NeededPhrases(
        came_out=("{outcome}", "anything but {outcome}"),
        value_first=("that there is a value of {name}, which is none", "nothing"),
        known_first="that {name} is known first",
        the_list="the list that it has to be on",
        list_first="that there is {name}",
        and_more="{listed} and {number} more",
        none_there="there is not {label}{where}",
        otherwise="that a {label} is otherwise",
        one_for_which="a {label} for which {condition}",
    ),
    Language.CHINESE: NeededPhrases(
        came_out=("{outcome}", "“{outcome}”以外的结果"),
        value_first=("先要有{name}的值，目前没有", "无需其他"),
        known_first="先要知道{name}",
        the_list="所属列表",
        list_first="先要有{name}",
        and_more="{listed}以及另外 {number} 个值",
        none_there="不存在{label}{where}",
        otherwise="有{label}不是如此",
        one_for_which="有{label}满足：{condition}",
    ),
}
