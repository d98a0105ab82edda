"""Options for the columns of inputs: new names, and the treatment of unknown columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from rulewright.batch.rows import AS_OF, Rows
from rulewright.diagnostics import Diagnostic, Span, did_you_mean
from rulewright.model.rulebook import Kind
from rulewright.source import short

#: The maximum number of unknown columns of a file with a diagnostic each.
_NAMED = 20


class Unknown(Enum):
    """The treatment of columns and keys unknown to the rulebook; the values are those of `--unknown-columns`."""

    REJECT = "reject"
    IGNORE = "ignore"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Columns:
    """The options for the columns and keys of inputs.

    `renamed` has pairs of an old and a new name. `kept` are the columns whose values a rejected row carries along.
    `delimiter` and `encoding` apply to CSV files; None means to detect them.
    """

    unknown: Unknown = Unknown.REJECT
    renamed: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None

    @property
    def new_names(self) -> dict[str, str]:
        """Return the new names by the old ones."""
        return dict(self.renamed)

    def keys_of(self, name: str) -> list[str]:
        """Return the keys of a column: its name, and the names that are renamed to it."""
        return [name, *(old for old, new in self.renamed if new == name)]

    def to_json(self) -> list[object]:
        """Return the options that must be the same for a run to be resumed."""
        return [self.unknown.value, list(map(list, self.renamed)), list(self.kept), self.delimiter, self.encoding]


AS_THEY_ARE = Columns()


def read_renamed(words: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], list[Diagnostic]]:
    """Return the pairs of names in `--columns old=new`, and the diagnostics of invalid ones."""
    pairs: list[tuple[str, str]] = []
    wrong = []
    for word in words:
        old, sign, new = word.rpartition("=")
        old, new = old.strip(), new.strip()
        if not sign or not old or not new:
            help_ = "write it as --columns OLD=NEW"
            wrong.append(Diagnostic("U026", f"`{short(word)}` after --columns renames nothing", help=help_))
        elif any(old == other for other, _ in pairs):
            wrong.append(Diagnostic("U026", f"--columns renames `{short(old)}` twice", help="give it one new name"))
        elif any(new == other for _, other in pairs):
            message = f"--columns gives two columns the name `{short(new)}`"
            wrong.append(Diagnostic("U026", message, help="give each column a name of its own"))
        else:
            pairs.append((old, new))
    return tuple(pairs), wrong


def known_columns(kind: Kind, rows: Rows) -> list[str]:
    """Return the columns allowed in a file of one kind."""
    fields = (field.name for field in kind.fields.values() if field.may_be_given)
    return list(dict.fromkeys([rows.ref, rows.case, AS_OF, *fields]))


def extra_of(header: Sequence[str], kind: Kind, rows: Rows, columns: Columns) -> tuple[str, ...]:
    """Return the columns of a file whose values are passed through to the records."""
    if columns.unknown is not Unknown.KEEP:
        return ()
    known = known_columns(kind, rows)
    return tuple(column for column in header if column not in known and not is_unnamed(column))


def is_unnamed(column: str) -> bool:
    """Return true for the internal name of a column without a name."""
    return column.startswith("\0")


def unnamed(number: int) -> str:
    """Return the internal name of the column with this number, which has no name in the file."""
    return f"\0{number}"


def header_mistakes(
    header: Sequence[str], spans: Sequence[Span], kind: Kind, rows: Rows, columns: Columns
) -> list[Diagnostic]:
    """Return the diagnostics of unknown and duplicate columns of a file."""
    known = known_columns(kind, rows)
    named = [column for column in header if not is_unnamed(column)]
    if not any(column in known for column in named):
        return [_no_known(named, spans[0], kind, known)]
    diagnostics = []
    seen: set[str] = set()
    unknown = []
    for column, span in zip(header, spans, strict=True):
        is_known = column in known
        if column in seen and (is_known or columns.unknown is not Unknown.IGNORE):
            diagnostics.append(_twice(column, span, columns))
        elif not is_known and not is_unnamed(column) and columns.unknown is Unknown.REJECT:
            unknown.append(_unknown(column, span, kind, known))
        seen.add(column)
    return [*diagnostics, *unknown[:_NAMED]] if len(unknown) <= _NAMED else [*diagnostics, *_cut(unknown)]


def _cut(unknown: Sequence[Diagnostic]) -> list[Diagnostic]:
    last = unknown[_NAMED]
    message = f"{len(unknown) - _NAMED} further columns are unknown, the first of them here"
    return [*unknown[:_NAMED], Diagnostic("F002", message, last.span, "drop all of them with --unknown-columns ignore")]


def _unknown(column: str, span: Span, kind: Kind, known: Sequence[str]) -> Diagnostic:
    message = f"unknown field `{short(column)}` of `{kind.name}`"
    near = get_close_matches(column, known, n=1)
    drop = "drop unknown columns with --unknown-columns ignore"
    if near:
        drop = f"did you mean `{near[0]}`? Rename it with --columns {_quoted(column, near[0])}, or {drop}"
    return Diagnostic("F002", message, span, drop)


def _quoted(old: str, new: str) -> str:
    word = f"{old}={new}"
    return word if all(one.isalnum() or one in "_=-." for one in word) else f"'{word}'"


def _no_known(named: Sequence[str], span: Span, kind: Kind, known: Sequence[str]) -> Diagnostic:
    shown = ", ".join(f"`{short(column)}`" for column in named[:5]) + (", …" if len(named) > 5 else "")
    message = f"no column is a field of `{kind.name}`: the header has {shown or 'no names'}"
    first = short(named[0]) if named else "OLD"
    fields = ", ".join(name for name in known[:6])
    help_ = f"name the fields with --columns, as in --columns {_quoted(first, 'ref')}; fields are {fields}"
    return Diagnostic("F002", message, span, help_ + (", …" if len(known) > 6 else ""))


def _twice(column: str, span: Span, columns: Columns) -> Diagnostic:
    olds = [old for old, new in columns.renamed if new == column]
    if olds:
        message = f"--columns renames `{short(olds[0])}` to `{short(column)}`, a column that the file has already"
        return Diagnostic("U026", message, span, "take another name, or remove one of the two columns")
    return Diagnostic("F013", f"a second column is called `{short(column)}`", span, "remove or rename one of the two")


def unnamed_in(names: Iterable[str], headers: Iterable[Sequence[str]], why: str) -> list[Diagnostic]:
    """Return a diagnostic for each column name in an option that no file has."""
    there = sorted({column for header in headers for column in header if not is_unnamed(column)})
    return [
        Diagnostic(
            "U026",
            f"no input has the column `{short(name)}` that {why}",
            help=did_you_mean(name, there) or "check the header",
        )
        for name in names
        if name not in there
    ]
