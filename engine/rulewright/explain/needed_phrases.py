"""What is said of what would satisfy a test, in each language: patterns of phrases, filled in by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.model.languages import Language


@dataclass(frozen=True, slots=True)
class NeededPhrases:
    """The phrases of one language; of a pair the first is for what has to hold, the second for what must not."""

    comparisons: Mapping[str, str]
    date_comparisons: Mapping[str, str]
    given: tuple[str, str]
    known: tuple[str, str]
    came_out: tuple[str, str]
    value_first: tuple[str, str]
    known_first: str
    the_list: str
    list_first: str
    and_more: str
    one_of: str
    none_of: str
    none_there: str
    otherwise: str
    one_for_which: str


NEEDED_PHRASES: Mapping[Language, NeededPhrases] = {
    Language.ENGLISH: NeededPhrases(
        comparisons={
            "is": "{right}",
            "is_not": "anything but {right}",
            "at_least": "at least {right}",
            "at_most": "at most {right}",
            "more_than": "more than {right}",
            "less_than": "less than {right}",
        },
        date_comparisons={
            "is": "{right}",
            "is_not": "any day but {right}",
            "at_least": "on or after {right}",
            "at_most": "on or before {right}",
            "more_than": "after {right}",
            "less_than": "before {right}",
        },
        given=("a value", "none"),
        known=("that it is known", "that nobody says it"),
        came_out=("{outcome}", "anything but {outcome}"),
        value_first=("that there is a value of {name}, which is none", "nothing"),
        known_first="that {name} is known first",
        the_list="the list that it has to be on",
        list_first="that there is {name}",
        and_more="{listed} and {number} more",
        one_of="one of {right}",
        none_of="none of {right}",
        none_there="there is not {label}{where}",
        otherwise="that a {label} is otherwise",
        one_for_which="a {label} for which {condition}",
    ),
    Language.CHINESE: NeededPhrases(
        comparisons={
            "is": "{right}",
            "is_not": "{right}以外的值",
            "at_least": "不少于{right}",
            "at_most": "不超过{right}",
            "more_than": "大于{right}",
            "less_than": "小于{right}",
        },
        date_comparisons={
            "is": "{right}",
            "is_not": "{right}以外的日期",
            "at_least": "不早于{right}",
            "at_most": "不晚于{right}",
            "more_than": "晚于{right}",
            "less_than": "早于{right}",
        },
        given=("有值", "无"),
        known=("已知", "无人说明"),
        came_out=("{outcome}", "“{outcome}”以外的结果"),
        value_first=("先要有{name}的值，目前没有", "无需其他"),
        known_first="先要知道{name}",
        the_list="所属列表",
        list_first="先要有{name}",
        and_more="{listed}以及另外 {number} 个值",
        one_of="以下之一：{right}",
        none_of="不属于：{right}",
        none_there="不存在{label}{where}",
        otherwise="有{label}不是如此",
        one_for_which="有{label}满足：{condition}",
    ),
}
