"""Words of the reports. To add a language, add one more `Words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale
from babel.numbers import format_decimal

from rulewright.model.languages import Language
from rulewright.model.outcomes import Outcome, Verdict
from rulewright.model.rulebook import RuleSeverity
from rulewright.model.values import Truth


@dataclass(frozen=True, slots=True)
class Counted:
    """A phrase with a number, in the plural forms of its language, by their names in Unicode CLDR."""

    language: Language
    forms: Mapping[str, str]

    def of(self, number: int) -> str:
        """Return the phrase for a number."""
        locale = Locale.parse(self.language.locale)
        form = self.forms.get(locale.plural_form(number), self.forms["other"])
        return form.format(number=format_decimal(number, locale=locale))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Writers fill in the placeholders in braces."""

    language: Language
    verdicts: Mapping[Verdict, str]
    outcome_headings: Mapping[Outcome, str]
    outcome_leads: Mapping[Outcome, str]
    outcome_counts: Mapping[Outcome, Counted]
    verdict_counts: Mapping[Verdict, Counted]
    severities: Mapping[RuleSeverity, str]
    truths: Mapping[Truth | None, str]

    # sentences of a verdict
    ready: str
    blocked: Counted
    undecided: str
    not_applicable: str
    also_missing: Counted
    other_points: Counted
    gaps: Counted
    not_complete: str

    # the page and its parts
    languages: str
    skip: str
    chain: str
    chain_lead: str
    chain_everything: str
    chain_list: str
    chain_columns: tuple[str, str, str, str, str]
    says: str
    list_mark: str
    part_mark: str
    label_mark: str
    stop: str
    sentence_space: str

    # the page of several cases
    by_rule: str
    by_rule_lead: str
    by_field: str
    by_field_lead: str
    all_cases: str
    all_subjects: str
    subjects: Counted
    kind: str
    all_kinds: str
    first_rows: str
    more_rows: str
    more: Counted
    more_in_rows: Counted
    more_with_all: Counted
    more_divided: Counted
    remedies_lead: str
    depends_on_others: str
    subject_not_applicable: str
    search: str
    search_hint: str
    all_verdicts: str
    all_rules: str
    rule: str
    subject: str
    why: str
    sort_by: str
    rows: Counted
    of_rows: str
    clear: str
    close: str
    previous: str
    next: str
    show_these: str
    no_rows: str
    how_many: str

    # headings
    report: str
    overview: str
    cases: Counted
    what_to_do: str
    change: str
    find_out: str
    notices: str
    missing: str
    not_covered: str
    facts: str
    basis: str
    looked_at: str

    # labels
    case: str
    verdict: str
    to_do: str
    source: str
    updated: str
    stated_at: str
    note: str
    needed_for: str
    needed_by: str
    maybe_needed_by: str
    question: str
    rulebook: str
    edition: str
    digest: str
    engine: str
    as_of: str
    condition: str
    result: str
    value: str
    field: str
    where_from: str
    not_met: str
    open_questions: str

    # phrases
    instead: str
    checked: str
    nothing_to_do: str
    nothing_to_do_but_read: str
    no_remedy: str
    only_gaps: str
    other_ways: Counted
    or_to: str
    satisfies: str
    moved_to: str
    then_open: str
    no_change: str
    none_found: str
    covered_by: str
    covered_nowhere: str
    derived: str
    not_stated: str
    no_place: str
    empty: str
    conditions: Counted
    stated_facts: Counted


def _english(one: str, other: str) -> Counted:
    return Counted(Language.ENGLISH, {"one": one, "other": other})


def _chinese(other: str) -> Counted:
    return Counted(Language.CHINESE, {"other": other})


ENGLISH = Words(
    language=Language.ENGLISH,
    verdicts={
        Verdict.READY: "Ready",
        Verdict.NOT_READY: "Not ready",
        Verdict.NEEDS_INFORMATION: "Needs information",
        Verdict.NOT_APPLICABLE: "Nothing applies",
    },
    outcome_headings={
        Outcome.MET: "Met",
        Outcome.VIOLATED: "Not met",
        Outcome.ADVISED: "Advice",
        Outcome.CONCLUDED: "Concluded",
        Outcome.SILENT: "Looked at, and not the case",
        Outcome.UNKNOWN: "Not decided yet",
        Outcome.NOT_APPLICABLE: "Does not apply",
    },
    outcome_leads={
        Outcome.VIOLATED: "Only what is blocking decides the verdict.",
        Outcome.UNKNOWN: "These depend on what is still to be found out.",
        Outcome.ADVISED: "Good to know. None of it changes the verdict.",
    },
    outcome_counts={
        Outcome.MET: _english("{number} met", "{number} met"),
        Outcome.VIOLATED: _english("{number} not met", "{number} not met"),
        Outcome.ADVISED: _english("{number} piece of advice", "{number} pieces of advice"),
        Outcome.CONCLUDED: _english("{number} concluded", "{number} concluded"),
        Outcome.SILENT: _english("{number} not the case", "{number} not the case"),
        Outcome.UNKNOWN: _english("{number} not decided yet", "{number} not decided yet"),
        Outcome.NOT_APPLICABLE: _english("{number} does not apply", "{number} do not apply"),
    },
    verdict_counts={
        Verdict.READY: _english("{number} ready", "{number} ready"),
        Verdict.NOT_READY: _english("{number} not ready", "{number} not ready"),
        Verdict.NEEDS_INFORMATION: _english("{number} needs information", "{number} need information"),
        Verdict.NOT_APPLICABLE: _english("{number} to which nothing applies", "{number} to which nothing applies"),
    },
    severities={
        RuleSeverity.BLOCKING: "Blocking",
        RuleSeverity.WARNING: "Warning",
        RuleSeverity.NOTE: "Note",
    },
    truths={
        Truth.TRUE: "Holds",
        Truth.FALSE: "Does not hold",
        Truth.UNKNOWN: "Not known",
        None: "Did not matter",
    },
    ready="Everything that must be met is met.",
    blocked=_english(
        "{number} requirement is not met.",
        "{number} requirements are not met.",
    ),
    undecided="It cannot be decided yet.",
    not_applicable="Nothing in the rulebook that must be met applies to this case.",
    also_missing=_english("{number} question is open.", "{number} questions are open."),
    other_points=_english("{number} other point needs attention.", "{number} other points need attention."),
    gaps=_english(
        "{number} thing that it needs is not covered by this edition.",
        "{number} things that it needs are not covered by this edition.",
    ),
    not_complete="The edition of {edition} covers only a part of its document: check the rest yourself.",
    languages="Language",
    skip="Skip to the report",
    chain="From facts to verdict",
    chain_lead="What decided the verdict, from left to right.",
    chain_everything="Everything that was looked at and applies",
    chain_list="The same as a list",
    chain_columns=("Facts", "Conditions", "Rules", "Subjects", "Case"),
    says="What the document says there, in other words",
    list_mark=", ",
    part_mark="; ",
    label_mark=": ",
    stop=".",
    sentence_space=" ",
    by_rule="By rule",
    by_rule_lead="How many subjects each rule concerns. Choose a number to see them.",
    by_field="By fact",
    by_field_lead="The verdicts of the subjects that have each value.",
    all_cases="All cases",
    all_subjects="All subjects",
    subjects=_english("{number} subject", "{number} subjects"),
    kind="Kind",
    all_kinds="Every kind",
    first_rows="The first {shown} of {all} rows, the least ready first.",
    more_rows="To see every row, open this page in a browser with scripts or run `rulewright check … --format json`.",
    more=_english("and {number} more", "and {number} more"),
    more_in_rows=_english(
        "And {number} more: open a row of the table to see those of its subject.",
        "And {number} more: open a row of the table to see those of its subject.",
    ),
    more_with_all=_english(
        "And {number} more: run the command with `--all` to see it.",
        "And {number} more: run the command with `--all` to see them.",
    ),
    more_divided=_english(
        "{number} more case has too many subjects to be shown here: the table has its subjects.",
        "{number} more cases have too many subjects to be shown here: the table has their subjects.",
    ),
    remedies_lead="Remedies that the rulebook names. `rulewright fix` finds the smallest set of changes.",
    depends_on_others="The missing information is about other subjects. Open their rows to see it.",
    subject_not_applicable="No requirement of the rulebook applies to this subject.",
    search="Search",
    search_hint="Case, subject, account, region, date …",
    all_verdicts="Every verdict",
    all_rules="Every rule",
    rule="Rule",
    subject="Subject",
    why="Why",
    sort_by="Sort by {column}",
    rows=_english("{number} row", "{number} rows"),
    of_rows="{shown} of {all}",
    clear="Clear filters",
    close="Close",
    previous="Previous",
    next="Next",
    show_these="Show these in the table",
    no_rows="No case is like that.",
    how_many="Number",
    report="Report",
    overview="Overview",
    cases=_english("{number} case", "{number} cases"),
    what_to_do="What to do",
    change="Change",
    find_out="Find out",
    notices="Please note",
    missing="Still to be found out",
    not_covered="Not covered by this edition",
    facts="Facts",
    basis="What this rests on",
    looked_at="Also looked at",
    case="Case",
    verdict="Verdict",
    to_do="To do",
    source="Source",
    updated="updated {date}",
    stated_at="Stated at",
    note="Note",
    needed_for="Needed for",
    needed_by="Needed by",
    maybe_needed_by="Maybe by",
    question="Question",
    rulebook="Rulebook",
    edition="Edition",
    digest="Digest",
    engine="Engine",
    as_of="As of",
    condition="Condition",
    result="Result",
    value="Value",
    field="Fact",
    where_from="Where from",
    not_met="Not met",
    open_questions="Open questions",
    instead="You can state {field} instead.",
    checked="Checked as of {as_of} against {rulebook}, edition {edition}.",
    nothing_to_do="Nothing has to be done.",
    nothing_to_do_but_read="Nothing has to be done. There is advice below.",
    no_remedy="The rulebook names no way to change this.",
    only_gaps="Nothing that you change or find out decides it: this edition does not cover all that the case needs.",
    other_ways=_english("{number} other way", "{number} other ways"),
    or_to="or {values}",
    satisfies="Satisfies",
    moved_to="from {before} to {after}",
    then_open="Then still missing: {facts}.",
    no_change="No change that the rulebook allows is enough for {subjects}.",
    none_found="No sufficient set of changes was found for {subjects}. {limits}",
    covered_by="Covered by the edition of {edition} (--edition {edition}).",
    covered_nowhere="No edition covers this: look it up in the document.",
    derived="from the rulebook",
    not_stated="not stated",
    no_place="–",
    empty="(empty)",
    conditions=_english("{number} condition", "{number} conditions"),
    stated_facts=_english("{number} fact", "{number} facts"),
)

CHINESE = Words(
    language=Language.CHINESE,
    verdicts={
        Verdict.READY: "符合要求",
        Verdict.NOT_READY: "不符合要求",
        Verdict.NEEDS_INFORMATION: "需补充信息",
        Verdict.NOT_APPLICABLE: "无适用规则",
    },
    outcome_headings={
        Outcome.MET: "已满足",
        Outcome.VIOLATED: "未满足",
        Outcome.ADVISED: "提示",
        Outcome.CONCLUDED: "已得出",
        Outcome.SILENT: "已检查，不属于该情形",
        Outcome.UNKNOWN: "尚未确定",
        Outcome.NOT_APPLICABLE: "不适用",
    },
    outcome_leads={
        Outcome.VIOLATED: "只有阻断项决定结论。",
        Outcome.UNKNOWN: "取决于尚待查明的信息。",
        Outcome.ADVISED: "供参考，不影响结论。",
    },
    outcome_counts={
        Outcome.MET: _chinese("{number} 项已满足"),
        Outcome.VIOLATED: _chinese("{number} 项未满足"),
        Outcome.ADVISED: _chinese("{number} 项提示"),
        Outcome.CONCLUDED: _chinese("{number} 项已得出"),
        Outcome.SILENT: _chinese("{number} 项不属于该情形"),
        Outcome.UNKNOWN: _chinese("{number} 项尚未确定"),
        Outcome.NOT_APPLICABLE: _chinese("{number} 项不适用"),
    },
    verdict_counts={
        Verdict.READY: _chinese("{number} 个符合要求"),
        Verdict.NOT_READY: _chinese("{number} 个不符合要求"),
        Verdict.NEEDS_INFORMATION: _chinese("{number} 个需补充信息"),
        Verdict.NOT_APPLICABLE: _chinese("{number} 个无适用规则"),
    },
    severities={
        RuleSeverity.BLOCKING: "阻断",
        RuleSeverity.WARNING: "警告",
        RuleSeverity.NOTE: "说明",
    },
    truths={
        Truth.TRUE: "成立",
        Truth.FALSE: "不成立",
        Truth.UNKNOWN: "未知",
        None: "不影响结果",
    },
    ready="所有必须满足的要求均已满足。",
    blocked=_chinese("有 {number} 项要求未满足。"),
    undecided="目前还无法得出结论。",
    not_applicable="规则库中没有适用于本案的强制要求。",
    also_missing=_chinese("还有 {number} 个问题待回答。"),
    other_points=_chinese("另有 {number} 项需要注意。"),
    gaps=_chinese("本案所需的 {number} 项内容未被本版本涵盖。"),
    not_complete="{edition} 版只涵盖其文档的一部分，其余部分请自行核对。",
    languages="语言",
    skip="跳到报告正文",
    chain="从事实到结论",
    chain_lead="决定结论的因素，从左到右。",
    chain_everything="全部已检查且适用的内容",
    chain_list="以列表显示",
    chain_columns=("事实", "条件", "规则", "对象", "本案"),
    says="文档在此处的要求（转述）",
    list_mark="，",
    part_mark="；",
    label_mark="：",
    stop="。",
    sentence_space="",
    by_rule="按规则",
    by_rule_lead="每条规则涉及多少个对象。点击数字即可查看。",
    by_field="按事实",
    by_field_lead="取各个值的对象的结论。",
    all_cases="全部案例",
    all_subjects="全部对象",
    subjects=_chinese("{number} 个对象"),
    kind="类别",
    all_kinds="全部类别",
    first_rows="共 {all} 行，此处列出前 {shown} 行，未达要求的在前。",
    more_rows="如需查看全部，请用支持脚本的浏览器打开本页，或运行 `rulewright check … --format json`。",
    more=_chinese("另有 {number} 个"),
    more_in_rows=_chinese("另有 {number} 项，请在表格中打开相应对象查看。"),
    more_with_all=_chinese("另有 {number} 项，加上 `--all` 可查看全部。"),
    more_divided=_chinese("另有 {number} 个案例的对象过多，未在此列出，请在表格中查看这些对象。"),
    remedies_lead="以下是规则库给出的办法。运行 `rulewright fix` 可找出所需的最少更改。",
    depends_on_others="缺少的信息属于其他对象，请打开相应的行查看。",
    subject_not_applicable="规则库中没有适用于该对象的强制要求。",
    search="搜索",
    search_hint="案例、对象、账号、地域、日期……",
    all_verdicts="全部结论",
    all_rules="全部规则",
    rule="规则",
    subject="对象",
    why="原因",
    sort_by="按{column}排序",
    rows=_chinese("{number} 行"),
    of_rows="{shown}，共 {all}",
    clear="清除筛选",
    close="关闭",
    previous="上一个",
    next="下一个",
    show_these="在表格中查看",
    no_rows="没有符合条件的案例。",
    how_many="数量",
    report="报告",
    overview="概览",
    cases=_chinese("{number} 个案例"),
    what_to_do="待办事项",
    change="需要更改",
    find_out="需要查明",
    notices="请注意",
    missing="尚待查明",
    not_covered="本版本未涵盖",
    facts="事实",
    basis="判断依据",
    looked_at="其他已检查内容",
    case="案例",
    verdict="结论",
    to_do="办法",
    source="来源",
    updated="更新于 {date}",
    stated_at="出处",
    note="说明",
    needed_for="用于判断",
    needed_by="涉及对象",
    maybe_needed_by="可能涉及",
    question="问题",
    rulebook="规则库",
    edition="版本",
    digest="摘要值",
    engine="引擎",
    as_of="检查日期",
    condition="条件",
    result="结果",
    value="值",
    field="事实",
    where_from="来源",
    not_met="未满足",
    open_questions="待回答问题",
    instead="也可以直接填写 {field}。",
    checked="检查日期 {as_of}，依据“{rulebook}”{edition} 版。",
    nothing_to_do="没有需要办理的事项。",
    nothing_to_do_but_read="没有需要办理的事项，请阅读下方提示。",
    no_remedy="规则库没有给出改变这一点的办法。",
    only_gaps="更改或查明任何信息都无法得出结论：本版本并未涵盖本案所需的全部内容。",
    other_ways=_chinese("其他 {number} 种办法"),
    or_to="或{values}",
    satisfies="由此满足",
    moved_to="由“{before}”改为“{after}”",
    then_open="此后仍缺少：{facts}。",
    no_change="规则库允许的更改都无法使{subjects}符合要求。",
    none_found="没有找到足以使{subjects}符合要求的更改。{limits}",
    covered_by="{edition} 版涵盖了这一内容（--edition {edition}）。",
    covered_nowhere="没有版本涵盖这一内容，请查阅文档。",
    derived="由规则库得出",
    not_stated="未填写",
    no_place="–",
    empty="（空）",
    conditions=_chinese("{number} 个条件"),
    stated_facts=_chinese("{number} 项事实"),
)

#: The words of each language.
WORDS: Mapping[Language, Words] = {Language.ENGLISH: ENGLISH, Language.CHINESE: CHINESE}
