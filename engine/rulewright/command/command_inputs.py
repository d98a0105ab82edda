"""Inputs of commands: files, standard input, and the values of options."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from unicodedata import category

from rulewright.batch.columns import Columns, Unknown, read_renamed
from rulewright.batch.csv_form import read_delimiter, read_encoding
from rulewright.catalogue import cannot_be_read, read_bytes
from rulewright.diagnostics import Diagnostic, cut, did_you_mean
from rulewright.model.languages import Language
from rulewright.read.documents import STANDARD_INPUT

#: Formats that are written case by case; their texts are for programs.
_ENGLISH_ONLY = ("jsonl", "csv", "parquet")
#: Maximum length of a column's name, and the characters it must not have, because JSON escapes them.
_LONGEST_COLUMN, _NOT_IN_COLUMNS = 1_000, '"\\'
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def read_input(name: str) -> bytes | Diagnostic:
    """Return the bytes of a file or of standard input, or the error."""
    if name != STANDARD_INPUT:
        return read_bytes(Path(name))
    if sys.stdin is None:
        return cannot_be_read(name, "standard input is closed")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        return cannot_be_read(name, error.strerror or str(error))


def read_columns(
    unknown: str,
    renamed: Sequence[str],
    kept: Sequence[str],
    delimiter: str | None,
    encoding: str | None,
    *,
    is_report: bool,
) -> Columns | list[Diagnostic]:
    """Return the parsed options about columns, or the errors in them."""
    pairs, wrong = read_renamed(renamed)
    separator, coding = read_delimiter(delimiter), read_encoding(encoding)
    wrong += [one for one in (separator, coding) if isinstance(one, Diagnostic)]
    if is_report and unknown == Unknown.KEEP.value:
        help_ = "take --format jsonl, csv or parquet, or --unknown-columns ignore"
        wrong.append(Diagnostic("U026", "a report shows no unknown columns", help=help_))
    if is_report and kept:
        help_ = "take --format jsonl, csv or parquet, or leave --keep out"
        wrong.append(Diagnostic("U026", "--keep is for the rejects of a batch", help=help_))
    if wrong or isinstance(separator, Diagnostic) or isinstance(coding, Diagnostic):
        return wrong
    return Columns(Unknown(unknown), pairs, tuple(dict.fromkeys(kept)), separator, coding)


def column_mistakes(ref: str, case: str) -> list[Diagnostic]:
    """Return the errors in `--ref` and `--case`, which name columns."""
    wrong = [
        Diagnostic("U033", f"`{cut(name)}` after {option} cannot be the name of a column: {reason}", help=help_)
        for option, name in (("--ref", ref), ("--case", case))
        for reason, help_ in [_column_reason(name)]
        if reason is not None
    ]
    if ref == case:
        message = f"--ref and --case both name the column `{cut(ref)}`"
        wrong.append(Diagnostic("U033", message, help="leave out --case where each row is a case of its own"))
    return wrong


def _column_reason(name: str) -> tuple[str | None, str]:
    """Return the reason why a column cannot have this name, or None, and the help."""
    if not name:
        return "it is empty", "name a column of the file"
    if len(name) > _LONGEST_COLUMN:
        return f"it has {len(name):,} characters, and the limit is {_LONGEST_COLUMN:,}", "rename the column in the file"
    odd = next((one for one in name if one in _NOT_IN_COLUMNS or category(one) in ("Cc", "Cs")), None)
    if odd is None:
        return None, ""
    shown = odd.encode("unicode_escape").decode() if category(odd) in ("Cc", "Cs") else odd
    return f"it has the character {shown}", "rename the column in the file"


def read_date(text: str | None, option: str) -> date | Diagnostic | None:
    """Return the date of an option, None if it is left out, or the error."""
    if text is None:
        return None
    if _DATE.match(text):  # Python accepts further forms of dates, a case file does not
        with suppress(ValueError):
            return date.fromisoformat(text)
    return Diagnostic("U004", f"`{text}` after {option} is not a date", help="write it as 2023-09-28")


def read_languages(text: str | None, format_: str) -> list[Language] | Diagnostic:
    """Return the languages of a report, as in `zh` or `en,zh`; empty for a page in all languages of its rulebook."""
    if text is None:
        return [] if format_ == "html" else [Language.ENGLISH]
    known = {language.value: language for language in Language}
    words = [word.strip().lower() for word in text.split(",")]
    unknown = next((word for word in words if word not in known), None)
    if unknown is not None:
        return Diagnostic(
            "U015", f"`{unknown}` after --lang is no language of reports", help=did_you_mean(unknown, known)
        )
    if len(words) > 1 and format_ != "html":
        return Diagnostic("U015", f"a report as {format_} is in one language", help="name one, or take --format html")
    if format_ in _ENGLISH_ONLY and words != ["en"]:
        return Diagnostic("U015", f"what is written as {format_} is in English", help="take another format")
    return [known[word] for word in dict.fromkeys(words)]


def report_mistakes(lang: str | None, templates: str | None, format_: str) -> list[Diagnostic]:
    """Return the errors in the languages and templates of a report."""
    mistakes = []
    languages = read_languages(lang, format_)
    if isinstance(languages, Diagnostic):
        mistakes.append(languages)
    if templates == "":
        mistakes.append(Diagnostic("U033", "--templates names no folder", help="write a name after it"))
    elif templates is not None and format_ != "html":
        mistakes.append(Diagnostic("U016", "templates are for --format html", help="take it, or leave --templates out"))
    return mistakes
