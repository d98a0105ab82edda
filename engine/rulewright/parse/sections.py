"""Parser of mappings, with a diagnostic for each unknown, missing or malformed key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from rulewright.diagnostics import Diagnostic, Related, Span, did_you_mean
from rulewright.model.values import FieldType, Known
from rulewright.parse.language_keys import Key
from rulewright.scalars import Mismatch, describe, is_null, typed_value
from rulewright.source import Entry, ListNode, MappingNode, Node, short

#: The keys whose texts are templates.
_TEMPLATES = frozenset({"explain", "advise", "remedy", "say"})
#: A name in braces, as a template would have it.
_BRACES = re.compile(r"\$?\{\{? *[A-Za-z_][\w.]*( *\|[^{}]*)? *\}?\}")

S = TypeVar("S")
T = TypeVar("T")


class Report:
    """Collects the diagnostics of one rulebook.

    `unread` has the names of declarations that could not be read, so that their uses are not reported as unknown.
    `partial` has the kinds with unreadable fields.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.unread: set[str] = set()
        self.partial: set[str] = set()

    def add(
        self, code: str, message: str, span: Span, help_: str | None = None, related: tuple[Related, ...] = ()
    ) -> None:
        """Add one diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, span, help_, related))


class Section:
    """A mapping of the rulebook with known keys. It reports unknown and missing keys when it is created.

    A missing key is reported at `span`: the name of the mapping if it has one, else the mapping.
    """

    def __init__(
        self, node: MappingNode, keys: Mapping[str, Key], what: str, report: Report, span: Span | None = None
    ) -> None:
        self.span = span or node.span
        self.keys = keys
        self.what = what
        self.report = report
        self.entries = {entry.key.text: entry for entry in node.entries}
        for name, entry in self.entries.items():
            if name not in keys:
                help_ = did_you_mean(name, keys)
                if re.fullmatch("[0-9]{3}", name) and is_null(entry.value):
                    help_ = "a comma in `{…}` separates entries: write the number without a comma"
                report.add("R001", f"unknown key `{short(name)}` of {what}", entry.key.span, help_)
        for name, key in keys.items():
            if key.required and name not in self.entries:
                about = key.about.rstrip(".")
                report.add("R002", f"{what} has no `{name}`", self.span, f"add `{name}`: {about[0].lower()}{about[1:]}")

    def span_of(self, key: str) -> Span:
        """Return the place of a key's value, or of the whole mapping if the key is missing."""
        entry = self.entries.get(key)
        return entry.value.span if entry else self.span

    def node(self, key: str) -> Node | None:
        """Return the node under a key, or None if the key is missing."""
        entry = self.entries.get(key)
        return entry.value if entry else None

    def scalar(self, key: str, type_: FieldType) -> Known | None:
        """Return the typed value under a key. Report a null or a wrong type; return None for these or a missing key."""
        node = self.node(key)
        if node is not None and is_null(node):
            help_ = None if self.keys[key].required else "write one, or leave the key out"
            self.report.add("R003", f"`{key}` of {self.what} has no value", node.span, help_)
            return None
        return None if node is None else read_scalar(node, type_, self.report)

    def text(self, key: str) -> str | None:
        """Return the text under a key, or None. Warn of template braces in a key that is not a template."""
        value = self.scalar(key, FieldType.TEXT)
        if isinstance(value, str) and key not in _TEMPLATES and (found := _BRACES.search(value)):
            message = f"`{found[0]}` in `{key}` is printed as it is written: `{key}` is no template"
            self.report.add("W011", message, self.span_of(key), "remove the braces, and say it without the value")
        return value if isinstance(value, str) else None

    def yes_no(self, key: str) -> bool | None:
        """Return the yes/no under a key, or None."""
        value = self.scalar(key, FieldType.YES_NO)
        return value if isinstance(value, bool) else None

    def date(self, key: str) -> date | None:
        """Return the date under a key, or None."""
        value = self.scalar(key, FieldType.DATE)
        return value if isinstance(value, date) else None

    def word(self, key: str, words: Mapping[str, T], foreign: Mapping[str, str] | None = None) -> T | None:
        """Return the meaning of the word under a key. Report an unknown word and return None.

        `foreign` has the help for words of other languages.
        """
        text = self.text(key)
        if text is None:
            return None
        if text not in words:
            help_ = (foreign or {}).get(text.lower()) or did_you_mean(text, words)
            self.report.add("R004", f"`{short(text)}` is no {key} of {self.what}", self.span_of(key), help_)
            return None
        return words[text]

    def mapping(self, key: str, pattern: str | None = None) -> tuple[Entry, ...]:
        """Return the entries of the mapping under a key that have valid names; empty if the key is missing."""
        node = self.node(key)
        if node is None or is_null(node):
            return ()
        return named_entries(node, f"a mapping of {key}", self.report, pattern)


def read_scalar(node: Node, type_: FieldType, report: Report, choices: Mapping[str, str] | None = None) -> Known | None:
    """Return the typed value of a node. Report a mismatch and return None."""
    value = typed_value(node, type_, choices)
    if isinstance(value, Mismatch):
        report.add("R003", value.message, node.span, value.help)
        return None
    return value


def as_mapping(node: Node, what: str, report: Report) -> MappingNode | None:
    """Return the node as a mapping. Report any other node and return None."""
    if isinstance(node, MappingNode):
        return node
    report.add("R003", f"{describe(node)} stands where {what} is expected", node.span, "write it as `key: value`")
    return None


def as_list(node: Node, what: str, report: Report, least: int = 1) -> tuple[Node, ...]:
    """Return the items of a list with at least `least` items. Report any other node and return no items."""
    if isinstance(node, ListNode) and len(node.items) >= least:
        return node.items
    if isinstance(node, ListNode):
        came = "a list of one" if node.items else "an empty list"
        help_ = "put a second item into it" if node.items else "put something into it, or leave the key out"
    else:
        came, help_ = describe(node), "write it as a list: `[first, second]`"
    report.add("R003", f"{came} stands where {what} is expected", node.span, help_)
    return ()


def named_entries(node: Node, what: str, report: Report, pattern: str | None = None) -> tuple[Entry, ...]:
    """Return the entries of a mapping that have valid names. Report the others."""
    mapping = as_mapping(node, what, report)
    if mapping is None:
        report.unread.add(what)
        return ()
    good = []
    for entry in mapping.entries:
        if pattern is not None and not re.fullmatch(pattern, entry.key.text):
            report.unread.add(entry.key.text)
            message = f"`{short(entry.key.text)}` cannot be a name"
            report.add("R005", message, entry.key.span, _better_name(entry.key.text, pattern))
        else:
            good.append(entry)
    return tuple(good)


def _better_name(name: str, pattern: str) -> str:
    joint = "-" if "[-_]" in pattern else "_"
    better = re.sub(r"[^a-z0-9]+", joint, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip(joint)
    if len(better) <= 60 and re.fullmatch(pattern, better):
        return f"write `{better}`"
    joints = "dashes" if joint == "-" else "underscores"
    return f"a name starts with a small letter and goes on with small letters, digits and {joints}"


def unknown_name(
    code: str,
    what: str,
    name: str,
    known: Iterable[str],
    span: Span,
    report: Report,
    *,
    of: str | None = None,
    related: tuple[Related, ...] = (),
) -> None:
    """Report an unknown name, with the nearest known name as help. `of` names its container."""
    names = tuple(known)
    if name not in report.unread and (names or not report.unread):
        within = f" of {of}" if of else ""
        report.add(code, f"unknown {what} `{short(name)}`{within}", span, did_you_mean(name, names), related)


def each(items: Iterable[S], read: Callable[[S], T | None]) -> tuple[T, ...]:
    """Return the items that could be read."""
    return tuple(value for value in map(read, items) if value is not None)
