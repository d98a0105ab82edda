"""The phrases of explanations in each language, with placeholders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language; `with_article` and `plural` make a label fit into a sentence."""

    language: Language
    with_article: Callable[[str], str]
    plural: Callable[[str], str]

    # conditions
    both: str
    either: str
    negated: str
    there_is: str
    there_is_no: str
    for_every: str
    every_where: str
    where: str
    came_out: str
    came_out_not: str
    not_covered_test: str
    any_case: str
    several_values: str
    listed: str
    of_parameter: str
    named_value: str

    # expressions
    verdict: str
    date_of_check: str
    number_of: str
    sum_of: str
    path: str
    range: str

    # outcomes and verdicts within a sentence
    outcomes: Mapping[Outcome, str]
    verdicts: Mapping[Verdict, str]

    # messages
    stop: str
    sentence_space: str
    between: str
    conjunction: str
    not_applicable: str
    nothing_follows: str
    nothing_to_tell: str
    not_known: str
    whether: str
    holds: str
    holds_not: str
    concluded: str
    field_is: str

    # missing facts and unknowns that no fact resolves
    which_facts: str
    is_it_so: str
    what_is: str
    not_in_force: str
    parameter_not_in_force: str
    no_row: str
    no_row_for_text: str
    nothing_tells: str
    not_covered_title: str
    not_covered_needed: str
    not_covered_perhaps: str
    covered_elsewhere: str
    text_failed: str
    calculates_with_absent: str
    reads_of_absent: str


def _with_article(label: str) -> str:
    return f"{'an' if label[:1].lower() in tuple('aeiou') else 'a'} {label}"


def _plural(label: str) -> str:
    """Return the regular English plural of a label; a label that ends in no ASCII letter is returned unchanged."""
    if not label[-1:].isascii() or not label[-1:].isalpha():
        return label
    if label.endswith("y") and label[-2:-1] not in tuple("aeiou"):
        return f"{label[:-1]}ies"
    return f"{label}es" if label.endswith(("s", "x", "z", "ch", "sh")) else f"{label}s"


ENGLISH = Phrases(
    language=Language.ENGLISH,
    with_article=_with_article,
    plural=_plural,
    both=" and ",
    either=" or ",
    negated="not ({part})",
    there_is="there is {label}{where}",
    there_is_no="there is no {label}{where}",
    for_every="for every {label}{where}",
    every_where=", {condition}",
    where=" ({condition})",
    came_out="“{title}” is {outcome}",
    came_out_not="“{title}” is not {outcome}",
    not_covered_test="{what} (not covered by this edition)",
    any_case="{words}, in any letter case",
    several_values="{number} values",
    listed=", ",
    of_parameter="the {name}",
    named_value="{value} ({name})",
    verdict="verdict",
    date_of_check="the date of the check",
    number_of="the number of {labels}{where}",
    sum_of="the sum of {field} over all {labels}{where}",
    path="{label} of the {owner}",
    range="{least} to {most}",
    outcomes={outcome: outcome.value.replace("_", " ") for outcome in Outcome},
    verdicts={verdict: verdict.value.replace("_", " ") for verdict in Verdict},
    stop=".",
    sentence_space=" ",
    between="; ",
    conjunction=" and ",
    not_applicable="Does not apply to {ref}.",
    nothing_follows="Nothing follows for {ref}.",
    nothing_to_tell="Nothing to tell of {ref}.",
    not_known="Not known for {ref}: {waits}.",
    whether="whether {words}",
    holds="It holds for {ref} that {words}.",
    holds_not="It does not hold for {ref} that {words}.",
    concluded="For {ref}, {values}.",
    field_is="{label} is {value}",
    which_facts="Which facts of the kind {label} are there?",
    is_it_so="Is this so for {ref}: {label}?",
    what_is="What is the {label} of {ref}?",
    not_in_force="no {label} is in force for {ref} on {date}",
    parameter_not_in_force="no value of the parameter `{name}` is in force on {date}",
    no_row="the {label} of {ref} is unknown because the table `{table}` has no row for {by} = `{key}`; ask the author"
    " of the rulebook to add the row",
    no_row_for_text="the {label} of {ref} is unknown because the table `{table}` has no row for {by} = `{key}`;"
    " correct the value, or ask the author of the rulebook to add the row",
    nothing_tells="the {label} of {ref} is unknown because no rule concludes it for these facts; ask the author of the"
    " rulebook to add a rule",
    not_covered_title="Not covered: {what}",
    not_covered_needed="The edition of {edition} does not cover {what}, which {who} needs{elsewhere}.",
    not_covered_perhaps="The edition of {edition} does not cover {what}, which {who} may need{elsewhere}.",
    covered_elsewhere="; the edition of {edition} does",
    text_failed="the text `{which}` of the rule `{rule}` cannot be made for {ref}: {why}",
    calculates_with_absent="it calculates with what is unknown or none",
    reads_of_absent="it reads `{field}` of a subject that is unknown or none",
)

CHINESE = Phrases(
    language=Language.CHINESE,
    with_article=str,
    plural=str,
    both="，且",
    either="，或",
    negated="并非（{part}）",
    there_is="存在{label}{where}",
    there_is_no="不存在{label}{where}",
    for_every="每个{label}{where}",
    every_where="均满足：{condition}",
    where="（{condition}）",
    came_out="“{title}”的结果为{outcome}",
    came_out_not="“{title}”的结果不为{outcome}",
    not_covered_test="{what}（本版本未涵盖）",
    any_case="{words}（不区分大小写）",
    several_values="{number} 个取值",
    listed="、",
    of_parameter="{name}",
    named_value="{value}（{name}）",
    verdict="结论",
    date_of_check="检查日期",
    number_of="{labels}的数量{where}",
    sum_of="所有{labels}的{field}之和{where}",
    path="{owner}的{label}",
    range="{least} 至 {most}",
    outcomes={
        Outcome.MET: "满足",
        Outcome.VIOLATED: "不满足",
        Outcome.ADVISED: "有提示",
        Outcome.CONCLUDED: "已得出",
        Outcome.SILENT: "无提示",
        Outcome.UNKNOWN: "未知",
        Outcome.NOT_APPLICABLE: "不适用",
    },
    verdicts={
        Verdict.READY: "符合要求",
        Verdict.NOT_READY: "不符合要求",
        Verdict.NEEDS_INFORMATION: "需补充信息",
        Verdict.NOT_APPLICABLE: "不适用",
    },
    stop="。",
    sentence_space="",
    between="；",
    conjunction="，",
    not_applicable="不适用于 {ref}。",
    nothing_follows="{ref} 无相应结论。",
    nothing_to_tell="{ref} 无相应提示。",
    not_known="{ref} 的以下信息未知：{waits}。",
    whether="是否{words}",
    holds="{ref} 满足：{words}。",
    holds_not="{ref} 不满足：{words}。",
    concluded="{ref}：{values}。",
    field_is="{label}为{value}",
    which_facts="有哪些{label}？",
    is_it_so="{ref} 是否如此：{label}？",
    what_is="{ref} 的{label}是什么？",
    not_in_force="{date} 没有适用于 {ref} 的{label}",
    parameter_not_in_force="{date} 没有生效的参数 `{name}`",
    no_row="无法确定 {ref} 的{label}：表 `{table}` 中没有 {by} = `{key}` 对应的行，请规则库作者补充",
    no_row_for_text="无法确定 {ref} 的{label}：表 `{table}` 中没有 {by} = `{key}` 对应的行，请更正该值，"
    "或请规则库作者补充",
    nothing_tells="无法确定 {ref} 的{label}：现有事实下没有规则得出该结论，请规则库作者补充规则",
    not_covered_title="未涵盖：{what}",
    not_covered_needed="{edition} 版未涵盖{what}，而 {who} 需要它{elsewhere}。",
    not_covered_perhaps="{edition} 版未涵盖{what}，而 {who} 可能需要它{elsewhere}。",
    covered_elsewhere="；{edition} 版涵盖了这一内容",
    text_failed="规则 `{rule}` 的文本 `{which}` 无法为 {ref} 生成：{why}",
    calculates_with_absent="其中的计算用到了未知或不存在的值",
    reads_of_absent="它要读取 `{field}`，但所属对象未知或不存在",
)

PHRASES: Mapping[Language, Phrases] = {Language.ENGLISH: ENGLISH, Language.CHINESE: CHINESE}
