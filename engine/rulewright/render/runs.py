"""Run section of reports: the account of rows, the rejected rows and the identity, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timezone

from rulewright.diagnostics import Diagnostic
from rulewright.model.languages import Language
from rulewright.model.run import Counts, Run, RunInput
from rulewright.render.clean import clean

#: Maximum number of inputs that a report for people lists.
MOST_INPUTS = 20


@dataclass(frozen=True, slots=True)
class RunInWords:
    """A run in the words of a language, for reports for people.

    `incomplete` is a sentence, or None if all rows were evaluated; `space` separates it from the account. `details` are
    labels with their values.
    """

    incomplete: str | None
    space: str
    account: str
    rejects_heading: str
    rejects: tuple[tuple[str, str | None], ...]
    more: str | None
    heading: str
    inputs: tuple[str, ...]
    details: tuple[tuple[str, str], ...]

    @property
    def notice(self) -> str | None:
        """Return the sentence about an incomplete report with the account."""
        return None if self.incomplete is None else f"{self.incomplete}{self.space}{self.account}"


def run_in_words(run: Run, language: Language) -> RunInWords:
    """Return a run in the words of a language."""
    words = _WORDS[language]
    return RunInWords(
        None if run.counts.is_complete else words.incomplete(),
        words.space,
        words.account(run.counts),
        words.rejects,
        tuple((_placed(one), None if one.help is None else clean(one.help)) for one in run.rejects),
        words.more(run.more_rejects) if run.more_rejects else None,
        words.heading,
        tuple(words.described(one) for one in run.inputs),
        tuple(_details(run, words)),
    )


def _placed(diagnostic: Diagnostic) -> str:
    at = "" if diagnostic.span is None else f"{diagnostic.span}: "
    return clean(f"{at}{diagnostic.code} {diagnostic.message}")


def _details(run: Run, words: _RunWords) -> Iterator[tuple[str, str]]:
    yield words.time, run.ended.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    yield words.version, f"rulewright {run.version}"
    yield words.arguments, clean(" ".join(run.arguments))
    for one in run.inputs[:MOST_INPUTS]:
        yield words.input, words.described(one)
    if len(run.inputs) > MOST_INPUTS:
        yield words.input, words.more_inputs(len(run.inputs) - MOST_INPUTS)
    yield words.rows, words.account(run.counts)


@dataclass(frozen=True, slots=True)
class _RunWords:
    """The words of a run section, in English."""

    heading: str = "Run"
    rejects: str = "Rejected rows"
    time: str = "Time"
    version: str = "Version"
    arguments: str = "Arguments"
    input: str = "Input"
    rows: str = "Rows"
    space: str = " "

    def incomplete(self) -> str:
        return "This report does not cover all rows."

    def account(self, counts: Counts) -> str:
        reasons = ", ".join(f"{reason}: {number:,}" for reason, number in counts.skipped.items())
        skipped = f"{sum(counts.skipped.values()):,} skipped" + (f" ({reasons})" if reasons else "")
        parts = f"{counts.evaluated:,} evaluated, {counts.rejected:,} rejected, {skipped}"
        line = f"{_number(counts.read, 'row')} read: {parts}"
        return f"{line}; {_number(counts.unread, 'input')} not read to the end" if counts.unread else line

    def more(self, number: int) -> str:
        return f"{_number(number, 'more problem')} not shown here"

    def more_inputs(self, number: int) -> str:
        return f"{_number(number, 'more input')} not shown here"

    def described(self, one: RunInput) -> str:
        if one.sha256 is None or one.size is None:
            return f"{clean(one.name)}, not read to the end"
        return f"{clean(one.name)}, {_number(one.size, 'byte')}, SHA-256 {one.sha256}"


@dataclass(frozen=True, slots=True)
class _ChineseRunWords(_RunWords):
    heading: str = "运行信息"
    rejects: str = "被拒绝的行"
    time: str = "时间"
    version: str = "版本"
    arguments: str = "参数"
    input: str = "输入"
    rows: str = "行数"
    space: str = ""

    def incomplete(self) -> str:
        return "本报告未涵盖所有行。"

    def account(self, counts: Counts) -> str:
        named = ((_REASONS.get(reason, reason), number) for reason, number in counts.skipped.items())
        reasons = "、".join(f"{reason} {number:,} 行" for reason, number in named)
        skipped = f"跳过 {sum(counts.skipped.values()):,} 行" + (f"（{reasons}）" if reasons else "")
        parts = f"评估 {counts.evaluated:,} 行，拒绝 {counts.rejected:,} 行，{skipped}"
        line = f"共读取 {counts.read:,} 行：{parts}"
        return f"{line}；{counts.unread:,} 个输入未能读完" if counts.unread else line

    def more(self, number: int) -> str:
        return f"另有 {number:,} 个问题未在此列出"

    def more_inputs(self, number: int) -> str:
        return f"另有 {number:,} 个输入未在此列出"

    def described(self, one: RunInput) -> str:
        if one.sha256 is None or one.size is None:
            return f"{clean(one.name)}，未能读完"
        return f"{clean(one.name)}，{one.size:,} 字节，SHA-256 {one.sha256}"


_REASONS = {"blank rows": "空行", "blank lines": "空行", "empty documents": "空文档"}
_WORDS: Mapping[Language, _RunWords] = {Language.ENGLISH: _RunWords(), Language.CHINESE: _ChineseRunWords()}


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
