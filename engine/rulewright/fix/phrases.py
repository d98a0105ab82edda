"""What is said of changes in each language: patterns of phrases, filled in by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.fix.found import Undone
from rulewright.model.languages import Language


@dataclass(frozen=True, slots=True)
class FixPhrases:
    """The phrases of one language; two of a pair are for a way up and a way down."""

    # changes
    change: str
    any_other: str
    moved: tuple[str, str]
    grown: tuple[str, str]
    between: str
    last: str
    stop: str

    # facts that stand in the way
    stands: str
    fixed: str
    only_to: str
    either: str
    only_later: tuple[str, str]
    only_more: tuple[str, str]
    fixed_so_far: str

    # what a search left undone
    not_together: str
    listed: str
    undone: Mapping[Undone, str]


FIX_PHRASES: Mapping[Language, FixPhrases] = {
    Language.ENGLISH: FixPhrases(
        change="change the {label} of {ref} from {before} to {after}",
        any_other="another text",
        moved=("{distance} later", "{distance} earlier"),
        grown=("{distance} more", "{distance} less"),
        between=", ",
        last=", and ",
        stop=".",
        stands="{label} of {ref} is {value}, and {why}",
        fixed="cannot be changed",
        only_to="can only be changed to {values}",
        either=" or ",
        only_later=("can only go later", "can only go earlier"),
        only_more=("can only go up", "can only go down"),
        fixed_so_far="cannot be changed so far",
        not_together="each of {refs} can become ready, but not all of them together",
        listed=", ",
        undone={
            Undone.MORE_ANSWERS: "there may be more answers than the {number} that were looked for",
            Undone.CUT_OFF: "the search was cut off, so there may be other answers, and cheaper ones",
            Undone.MORE_CHANGES: "it takes more than {number} changes",
            Undone.MORE_VALUES: "there are more values that would do than were looked for",
            Undone.MORE_OBSTACLES: "more than {number} sets of facts stand in the way",
            Undone.OBSTACLES_CUT_OFF: "the search for what stands in the way was cut off",
        },
    ),
    Language.CHINESE: FixPhrases(
        change="将 {ref} 的{label}由“{before}”改为“{after}”",
        any_other="其他文本",
        moved=("推迟{distance}", "提前{distance}"),
        grown=("增加{distance}", "减少{distance}"),
        between="，",
        last="，并",
        stop="。",
        stands="{ref} 的{label}为“{value}”，{why}",
        fixed="不能更改",
        only_to="只能改为{values}",
        either="或",
        only_later=("只能推迟", "只能提前"),
        only_more=("只能增加", "只能减少"),
        fixed_so_far="不能更改到所需的程度",
        not_together="{refs} 各自都可以符合要求，但不能同时符合",
        listed="、",
        undone={
            Undone.MORE_ANSWERS: "除找到的 {number} 种办法外，可能还有其他办法",
            Undone.CUT_OFF: "搜索提前结束，可能还有其他办法，或代价更小的办法",
            Undone.MORE_CHANGES: "需要更改的事实超过 {number} 项",
            Undone.MORE_VALUES: "可行的取值多于所查找的数量",
            Undone.MORE_OBSTACLES: "构成障碍的事实组合超过 {number} 种",
            Undone.OBSTACLES_CUT_OFF: "对障碍的搜索提前结束",
        },
    ),
}
