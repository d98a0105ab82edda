"""The phrases for changes in each language, with placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulewright.fix.results import Undone
from rulewright.model.languages import Language


@dataclass(frozen=True, slots=True)
class FixPhrases:
    """The phrases of one language; the two of a pair are for an increase and a decrease."""

    # all changes of a case
    nothing_to_change: str
    only_missing: str
    smallest: str
    not_smallest: str
    no_blocker_left: str
    part_only: str
    impossible: str
    nothing_changes: str
    none_found: str

    # one change
    change: str
    state: str
    not_stated: str
    any_other: str
    moved: tuple[str, str]
    grown: tuple[str, str]
    between: str
    last: str
    stop: str

    # facts that would have to be different
    stands: str
    needed: str
    fixed: str
    not_declared: str
    only_to: str
    either: str
    only_later: tuple[str, str]
    only_more: tuple[str, str]
    fixed_so_far: str

    # requirements that no value satisfies
    no_value: str
    not_with_others: str

    # subjects to leave out
    leave_out: str
    leave_out_too: str
    then_ready: str
    then_missing: str

    # parts of a search that were not done
    not_together: str
    listed: str
    space: str
    undone: Mapping[Undone, str]


FIX_PHRASES: Mapping[Language, FixPhrases] = {
    Language.ENGLISH: FixPhrases(
        nothing_to_change="No change is needed.",
        only_missing="This case has no known blocker. Some information is missing.",
        smallest="Smallest set of changes that makes this case ready.",
        not_smallest="A set of changes that makes this case ready. A smaller one may exist.",
        no_blocker_left="These changes resolve every known blocker. Some information is still missing.",
        part_only="These changes make part of this case ready.",
        impossible="No change that the rulebook allows makes this case ready.",
        nothing_changes="The rulebook names no stated fact of this case that can change.",
        none_found="No sufficient set of changes was found.",
        change="change the {label} of {ref} from {before} to {after}",
        state="state the {label} of {ref}: with {after} no blocker is left",
        not_stated="not stated",
        any_other="another text",
        moved=("{distance} later", "{distance} earlier"),
        grown=("{distance} more", "{distance} less"),
        between=", ",
        last=", and ",
        stop=".",
        stands="{label} of {ref} is {value}, and {why}",
        needed="{label} of {ref} would have to be {needed} instead of {value}, but {why}",
        fixed="it cannot be changed",
        not_declared="the rulebook does not say how it can change",
        only_to="it can only change to {values}",
        either=" or ",
        only_later=("it can only move later", "it can only move earlier"),
        only_more=("it can only increase", "it can only decrease"),
        fixed_so_far="it cannot change that far",
        no_value="No examined value of any fact meets this requirement.",
        not_with_others="Some values meet this requirement, but none of them keeps all other requirements met.",
        leave_out="Leave {refs} out of this case.",
        leave_out_too="Make the changes above, and leave {refs} out of this case.",
        then_ready="The rest is then ready.",
        then_missing="The rest then has no blocker. Some information is still missing.",
        not_together="Each of {refs} can become ready, but not all of them together.",
        listed=", ",
        space=" ",
        undone={
            Undone.MORE_ANSWERS: "The search ended after {number} sets of changes. There may be more.",
            Undone.CUT_OFF: "The search reached its limit of steps (`--maximum-steps`). "
            "Other sets of changes may exist, and some may cost less.",
            Undone.NOT_PRICED: "Not every value was priced within the limit of steps (`--maximum-steps`). "
            "Smaller changes may be enough.",
            Undone.LARGER_SETS: "Sets of more than {number} changes were not examined (`--maximum-changes`). "
            "One may cost less.",
            Undone.MORE_CHANGES: "No set of up to {number} changes is enough; a larger one is (`--maximum-changes`).",
            Undone.MORE_VALUES: "Not every value that would be enough is listed.",
            Undone.NOT_CONFIRMED: "A set of changes was dropped because evaluation did not confirm it.",
            Undone.MORE_OBSTACLES: "Other sets of facts may also be enough.",
            Undone.LARGER_OBSTACLES: "More than {number} facts would have to be different (`--maximum-changes`).",
            Undone.OBSTACLES_CUT_OFF: "The search for the reasons reached its limit of steps (`--maximum-steps`).",
            Undone.REFERENCES: "Other references between facts were not examined (more than {number} facts).",
            Undone.ADDED_FACTS: "Adding or removing facts was not examined (kinds: {kinds}).",
        },
    ),
    Language.CHINESE: FixPhrases(
        nothing_to_change="无需更改。",
        only_missing="目前没有不符合项，但缺少部分信息。",
        smallest="使本案符合要求所需的最少更改。",
        not_smallest="以下更改可使本案符合要求，但可能还有更少的更改。",
        no_blocker_left="以下更改可消除所有已知的不符合项，但仍缺少部分信息。",
        part_only="以下更改可使本案的一部分符合要求。",
        impossible="规则库允许的更改都无法使本案符合要求。",
        nothing_changes="规则库未指明本案中有任何已提供的事实可以更改。",
        none_found="没有找到足以使本案符合要求的更改。",
        change="将 {ref} 的{label}由“{before}”改为“{after}”",
        state="填写 {ref} 的{label}：若为“{after}”，则不再有不符合项",
        not_stated="未填写",
        any_other="其他文本",
        moved=("推迟{distance}", "提前{distance}"),
        grown=("增加{distance}", "减少{distance}"),
        between="，",
        last="，并",
        stop="。",
        stands="{ref} 的{label}为“{value}”，{why}",
        needed="{ref} 的{label}须由“{value}”变为“{needed}”才能符合要求，但{why}",
        fixed="无法更改",
        not_declared="规则库未说明如何更改",
        only_to="只能改为{values}",
        either="或",
        only_later=("只能推迟", "只能提前"),
        only_more=("只能增加", "只能减少"),
        fixed_so_far="无法更改到所需的程度",
        no_value="在已检查的取值中，没有能满足这项要求的。",
        not_with_others="有取值能满足这项要求，但会导致其他要求无法同时满足。",
        leave_out="将 {refs} 移出本案。",
        leave_out_too="完成上述更改，并将 {refs} 移出本案。",
        then_ready="其余部分即符合要求。",
        then_missing="其余部分不再有不符合项，但仍缺少部分信息。",
        not_together="{refs} 各自都可以符合要求，但不能同时符合。",
        listed="、",
        space="",
        undone={
            Undone.MORE_ANSWERS: "找到 {number} 种办法后停止搜索，可能还有其他办法。",
            Undone.CUT_OFF: "搜索已达到步数上限（`--maximum-steps`），可能还有其他办法或代价更小的办法。",
            Undone.NOT_PRICED: "在步数上限（`--maximum-steps`）内未能比较所有取值的代价，可能有改动更小的取值。",
            Undone.LARGER_SETS: "未检查超过 {number} 项更改的办法（`--maximum-changes`），其中可能有代价更小的。",
            Undone.MORE_CHANGES: "{number} 项以内的更改不足以符合要求，需要更多项更改（`--maximum-changes`）。",
            Undone.MORE_VALUES: "未列出所有可行的取值。",
            Undone.NOT_CONFIRMED: "有一种办法未通过评估验证，已舍弃。",
            Undone.MORE_OBSTACLES: "可能还有其他事实组合也能符合要求。",
            Undone.LARGER_OBSTACLES: "需要不同的事实超过 {number} 项（`--maximum-changes`）。",
            Undone.OBSTACLES_CUT_OFF: "查找原因的搜索已达到步数上限（`--maximum-steps`）。",
            Undone.REFERENCES: "未检查事实之间的其他引用关系（事实超过 {number} 个）。",
            Undone.ADDED_FACTS: "未检查增加或移除事实的情形（类别：{kinds}）。",
        },
    ),
}
