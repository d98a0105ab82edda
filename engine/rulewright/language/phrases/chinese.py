"""The phrases of all words in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from rulewright.language.phrases.forms import FunctionPhrases, OperatorPhrases

OPERATORS: Mapping[str, OperatorPhrases] = {
    "is": OperatorPhrases(
        holds="{left}为{right}",
        holds_not="{left}不为{right}",
        needed="{right}",
        needed_not="{right}以外的值",
        dates=OperatorPhrases(
            holds="{left}为{right}",
            holds_not="{left}不为{right}",
            needed="{right}",
            needed_not="{right}以外的日期",
        ),
    ),
    "in": OperatorPhrases(
        holds="{left}属于：{right}",
        holds_not="{left}不属于：{right}",
        needed="以下之一：{right}",
        needed_not="不属于：{right}",
    ),
    "at_least": OperatorPhrases(
        holds="{left}不少于{right}",
        holds_not="{left}未达到{right}",
        needed="不少于{right}",
        dates=OperatorPhrases(
            holds="{left}不早于{right}",
            holds_not="{left}并非不早于{right}",
            needed="不早于{right}",
        ),
    ),
    "at_most": OperatorPhrases(
        holds="{left}不超过{right}",
        holds_not="{left}并非不超过{right}",
        needed="不超过{right}",
        dates=OperatorPhrases(
            holds="{left}不晚于{right}",
            holds_not="{left}并非不晚于{right}",
            needed="不晚于{right}",
        ),
    ),
    "more_than": OperatorPhrases(
        holds="{left}大于{right}",
        holds_not="{left}不大于{right}",
        needed="大于{right}",
        dates=OperatorPhrases(
            holds="{left}晚于{right}",
            holds_not="{left}并非晚于{right}",
            needed="晚于{right}",
        ),
    ),
    "less_than": OperatorPhrases(
        holds="{left}小于{right}",
        holds_not="{left}不小于{right}",
        needed="小于{right}",
        dates=OperatorPhrases(
            holds="{left}早于{right}",
            holds_not="{left}并非早于{right}",
            needed="早于{right}",
        ),
    ),
    "starts_with": OperatorPhrases(
        holds="{left}以{right}开头",
        holds_not="{left}不以{right}开头",
        needed="以{right}开头的文本",
        needed_not="不以{right}开头的文本",
    ),
    "given": OperatorPhrases(holds="有“{left}”", holds_not="没有“{left}”", needed="有值", needed_not="无"),
    "known": OperatorPhrases(holds="已知“{left}”", holds_not="“{left}”未知", needed="已知", needed_not="无人说明"),
}

FUNCTIONS: Mapping[str, FunctionPhrases] = {
    "plus": FunctionPhrases("", "加", ""),
    "minus": FunctionPhrases("", "减", ""),
    "maximum": FunctionPhrases("", "与", "中的最大值"),
    "minimum": FunctionPhrases("", "与", "中的最小值"),
    "months_between": FunctionPhrases("", "至", "的月数"),
    "days_between": FunctionPhrases("", "至", "的天数"),
}
