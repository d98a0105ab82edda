"""Choice of a command's rulebook: the named one, or one that fits the working directory and the facts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from rulewright.batch.inputs import find_first_input
from rulewright.batch.unpacking import Opener
from rulewright.catalogue import cannot_be_read, declared_in
from rulewright.command.outputs import remark
from rulewright.command.projects import local_rulebooks
from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.read.documents import HEADER, STANDARD_INPUT
from rulewright.shipped import shipped_rulebooks

#: Maximum number of bytes of a file that are searched for the keys of the first case.
_SEARCHED_BYTES = 256 * 1024
_KEY = re.compile(r"""["']?([^\W\d][\w-]*)["']?[ \t]*:(?=\s|$|["'\[{])""")


@dataclass(frozen=True, slots=True)
class RulebookChoice:
    """The chosen rulebook, as `find_rulebook` takes it.

    `others` are further rulebooks with the kinds of the facts. `opener` has opened inputs to choose the rulebook. It
    must read them further, because a pipe can be opened only once.
    """

    named: str
    is_given: bool = True
    others: tuple[str, ...] = ()
    opener: Opener = field(default_factory=Opener, compare=False, repr=False)

    def remark_after(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Name the rulebook on standard error if it was not named and the facts do not fit it."""
        if self.is_given or not any(one.code in ("F001", "F002", "F004", "F009") for one in diagnostics):
            return
        name = rulebook_name(self.named)
        fitting = f"; the kinds of the facts also fit {_listed(self.others)}" if self.others else ""
        remark(f"the facts were checked against `{name}`, because --rulebook was left out{fitting}")


@dataclass(frozen=True, slots=True)
class FirstCase:
    """The kinds of fact of the first case, None if they are unknown, and the rulebook that the case names."""

    kinds: frozenset[str] | None = None
    rulebook: str | None = None


def choose_rulebook(
    given: str | None, facts: Sequence[str] = (), kind: str | None = None
) -> RulebookChoice | list[Diagnostic]:
    """Choose the rulebook of a command.

    A given rulebook comes first, then the one that the first case names, then the only one of the working directory.
    Otherwise the kinds of the first case decide: a rulebook is chosen if it is the only one with all of them. The
    rulebooks of the working directory are compared before the shipped ones. If no input can be read, return the errors
    of the inputs.
    """
    if given is not None:
        return RulebookChoice(given)
    opener = Opener()
    first_case = FirstCase(frozenset((kind,))) if kind is not None else read_first_case(facts, opener)
    if isinstance(first_case, list):
        return first_case
    choice = _choose(first_case)
    return replace(choice, opener=opener) if isinstance(choice, RulebookChoice) else [choice]


def _choose(first_case: FirstCase) -> RulebookChoice | Diagnostic:
    local = local_rulebooks()
    if isinstance(local, Diagnostic):
        return local
    own = [str(path) for path in local]
    if first_case.rulebook is not None:
        return _named(first_case.rulebook, own)
    shipped = [name for name in shipped_rulebooks() if name not in map(rulebook_name, own)]
    fitting = [name for name in (*own, *shipped) if first_case.kinds is not None and _fits(name, first_case.kinds)]
    if len(own) == 1:
        return RulebookChoice(own[0], False, tuple(name for name in fitting if name != own[0]))
    for candidates in (own, shipped):
        of_these = [name for name in candidates if name in fitting]
        if len(of_these) == 1:
            return RulebookChoice(of_these[0], False, tuple(name for name in fitting if name != of_these[0]))
        if of_these:
            return _unclear(of_these, first_case)
    candidates = own or shipped
    near = [name for name in candidates if first_case.kinds and first_case.kinds & _kinds_of(name)]
    return RulebookChoice(near[0], False) if len(near) == 1 else _unclear(candidates, first_case)


def rulebook_name(named: str) -> str:
    """Return the name that a rulebook declares."""
    declared = declared_in(named)
    return named if declared is None else declared.name


def _kinds_of(named: str) -> frozenset[str]:
    declared = declared_in(named)
    return frozenset() if declared is None else declared.kinds


def _named(name: str, own: Sequence[str]) -> RulebookChoice | Diagnostic:
    """Return the rulebook that a case names, local or shipped, or the error."""
    for path in own:
        if rulebook_name(path) == name:
            return RulebookChoice(path)
    shipped = shipped_rulebooks()
    if name in shipped:
        return RulebookChoice(name)
    known = [*map(rulebook_name, own), *shipped]
    help_ = did_you_mean(name, known) or "name its folder with --rulebook"
    return Diagnostic("U036", f"the case names the rulebook `{name}`, which is not here", help=help_)


def _fits(named: str, kinds: frozenset[str]) -> bool:
    return kinds <= _kinds_of(named)


def _unclear(candidates: Sequence[str], first_case: FirstCase) -> Diagnostic:
    names = _listed(candidates)
    if first_case.kinds is None:
        message = "--rulebook was left out, and the facts do not tell which rulebook is meant"
    elif all(_fits(name, first_case.kinds) for name in candidates):
        message = f"--rulebook was left out, and several rulebooks fit the facts: {names}"
    else:
        message = f"--rulebook was left out, and no rulebook has the kinds {_listed(sorted(first_case.kinds))}"
    return Diagnostic("U036", message, help=f"name the rulebook with --rulebook: {names}, or the path of another")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# --- the first case --------------------------------------------------------------------------------------------------


def read_first_case(facts: Sequence[str], opener: Opener) -> FirstCase | list[Diagnostic]:
    """Return the keys of the first case of the files; empty for tables, whose rows do not name their kind.

    If no file can be read, return the errors.
    """
    source, unreadable = find_first_input(facts)
    if source is None:
        return unreadable or FirstCase()
    if source.name == STANDARD_INPUT and sys.stdin is None:
        return [cannot_be_read(STANDARD_INPUT, "standard input is closed")]
    if source.format.value in ("csv", "parquet"):
        return FirstCase()
    data = b""
    with suppress(OSError):
        data = _standard_input() if source.name == STANDARD_INPUT else opener.start(source, _SEARCHED_BYTES)
    return _first_case_in(data.decode("utf-8", "replace").removeprefix("\ufeff"))


def _standard_input() -> bytes:
    """Return the first bytes of standard input without consuming them."""
    buffer = getattr(sys.stdin, "buffer", None)
    if buffer is None:
        return b""
    if hasattr(buffer, "peek"):
        return bytes(buffer.peek(_SEARCHED_BYTES))
    if not buffer.seekable():
        return b""
    place = buffer.tell()
    data = bytes(buffer.read(_SEARCHED_BYTES))
    buffer.seek(place)
    return data


def _first_case_in(text: str) -> FirstCase:
    entries = _flow_entries(text.lstrip()) if text.lstrip().startswith("{") else _block_entries(text)
    kinds = frozenset(key for key in entries if key not in HEADER)
    named = entries.get("rulebook", "").strip().strip("\"'")
    return FirstCase(kinds or None, named or None)


def _block_entries(text: str) -> dict[str, str]:
    """Return the keys of the first document of a YAML stream, with the rest of their line."""
    entries: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("---") and entries:
            break
        match = _KEY.match(line)
        if match is not None:
            entries[match.group(1)] = line[match.end() :].split(" #")[0]
    return entries


def _flow_entries(text: str) -> dict[str, str]:
    """Return the keys of a mapping in braces, as in JSON, with the text up to the next key."""
    entries: dict[str, str] = {}
    depth, place, key = 0, 0, None
    start = 0
    while place < len(text):
        letter = text[place]
        if letter in "\"'" and not (depth == 1 and key is None):
            end = _end_of_quotes(text, place)
            place = end
            continue
        if depth == 1 and key is None:
            match = _KEY.match(text, place)
            if match is not None:
                key, place = match.group(1), match.end()
                start = place
                continue
        if letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        if depth == 0 or (depth == 1 and letter == ","):
            if key is not None:
                entries[key] = text[start:place]
            key = None
            if depth == 0:
                break
        place += 1
    return {**entries, **({} if key is None else {key: ""})}


def _end_of_quotes(text: str, place: int) -> int:
    """Return the position after a quoted text."""
    quote, place = text[place], place + 1
    while place < len(text) and text[place] != quote:
        place += 2 if text[place] == "\\" and quote == '"' else 1
    return place + 1
