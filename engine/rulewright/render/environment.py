"""Templates of the report: sandboxed and strict. A user's templates can replace ours one by one."""

from __future__ import annotations

import hashlib
import os
import traceback
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import MAX_RANGE, ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from rulewright.diagnostics import Diagnostic, Span
from rulewright.render.arrange import place
from rulewright.render.clean import clean, web_address
from rulewright.render.limits import (
    TOO_MUCH_MEMORY,
    BoundedEnvironment,
    LimitError,
    joined,
    limit_reached,
    run_limited,
)
from rulewright.render.words import Words
from rulewright.shipped import shipped_folder
from rulewright.text_environment import FORMATS


@dataclass(frozen=True, slots=True)
class Templates:
    """The environment of the templates, and the folders of templates, the user's first."""

    environment: ImmutableSandboxedEnvironment
    folders: tuple[Path, ...]

    def file(self, name: str) -> str:
        """Return the text of a style sheet or script."""
        loader = self.environment.loader
        assert loader is not None, "the templates are in folders"
        return loader.get_source(self.environment, name)[0]

    def render(self, name: str, variables: Mapping[str, object]) -> str | Diagnostic:
        """Return a filled-in template, or the diagnostic of its failure.

        A user's templates run under limits, in a separate process.
        """
        if not self.are_own:
            return self._filled(name, variables)
        result = run_limited(lambda: self._filled(name, variables))
        if result.diagnostic is not None:
            return result.diagnostic
        filled: str | Diagnostic = result.value
        return filled

    @property
    def are_own(self) -> bool:
        """Return whether the user has templates."""
        return len(self.folders) > 1

    def _filled(self, name: str, variables: Mapping[str, object]) -> str | Diagnostic:
        try:
            page = joined(self.environment.get_template(name).generate(variables))
            page.encode()
        except UnicodeEncodeError as error:
            half = f"U+{ord(error.object[error.start]):04X}"
            message = f"the page has the character {half}, half of a pair, which no file can hold"
            return Diagnostic("U016", message, None, "write the whole character in the template")
        except Exception as error:  # a template can raise any exception
            told = self._mistake(error)
            if told is None:
                raise
            return told
        return page

    def _mistake(self, error: Exception) -> Diagnostic | None:
        """Return the diagnostic of a failed user template, or None if the failure is not in a user template."""
        if not self.are_own:
            return None
        if (limit := _limit(error)) is not None:
            return replace(limit_reached(limit), span=self._last_place(error))
        if isinstance(error, TemplateNotFound):
            message = f"there is no template `{error.name}`"
            return Diagnostic("U016", message, self._last_place(error), "name a part that is there")
        if isinstance(error, TemplateSyntaxError):
            file = error.filename or error.name or ""
            return Diagnostic("U016", _lower(error.message or str(error)), Span(file, error.lineno), _HELP)
        at = self._last_place(error)
        message = _lower(str(error)) if isinstance(error, TemplateError | TypeError) else f"{error!r}"
        return Diagnostic("U016", f"the template cannot be filled in: {message}", at, _HELP)

    def _last_place(self, error: Exception) -> Span | None:
        folders = [str(folder) for folder in self.folders]
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if any(frame.filename.startswith(folder) for folder in folders)
        ]
        return Span(frames[-1].filename, frames[-1].lineno or 1) if frames else None


def _limit(error: Exception) -> str | None:
    """Return the message of the limit that a template reached, or None for any other error."""
    if isinstance(error, LimitError):
        return str(error)
    if isinstance(error, MemoryError):
        return TOO_MUCH_MEMORY
    if isinstance(error, RecursionError):
        return "the template is nested too deep, or a macro calls itself without an end"
    if isinstance(error, OverflowError) and "MAX_RANGE" in str(error):
        return f"a range has more than {MAX_RANGE:,} numbers"
    return None


_FILE_HELP = "put a template there, or remove it"
_HELP = "compare it with the part of the same name that comes with the program"


def _lower(message: str) -> str:
    text = message.strip().rstrip(".").replace("'", "`")
    return text[:1].lower() + text[1:]


def templates_in(folder: Path | None) -> Templates | Diagnostic:
    """Return the shipped templates, with those of a folder in their place."""
    if folder is not None and not os.path.isdir(folder):  # noqa: PTH112  a name may be too long for Path
        return Diagnostic("U016", f"there is no folder `{folder}` of templates", help="name one after --templates")
    wrong = None if folder is None else _unreadable(folder)
    return wrong or _templates(folder)


def _unreadable(folder: Path) -> Diagnostic | None:
    """Return the diagnostic of the first template in a folder that cannot be read as text, or None."""
    shipped = shipped_folder("templates")
    for name in sorted(str(one.relative_to(shipped)) for one in shipped.rglob("*") if one.is_file()):
        file = folder / name
        try:
            if os.path.lexists(file):
                if file.exists() and not (file.is_file() or file.is_dir()):
                    return Diagnostic("U016", "the template is not a regular file", Span(str(file)), _FILE_HELP)
                file.read_bytes().decode()
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            message = f"the template is not UTF-8: it has the byte 0x{error.object[error.start]:02X}"
            return Diagnostic("U016", message, Span(str(file), line), "save the file as UTF-8")
        except OSError as error:
            message = f"the template cannot be read: {(error.strerror or str(error)).lower()}"
            return Diagnostic("U016", message, Span(str(file)), _FILE_HELP)
    return None


@lru_cache(maxsize=1)
def _templates(folder: Path | None) -> Templates:
    folders = (*([folder] if folder is not None else []), shipped_folder("templates"))
    environment = BoundedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(one) for one in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["web_address"] = web_address
    environment.filters["place"] = place
    environment.filters["fill"] = _fill
    environment.filters["date"] = _shown
    environment.filters["number"] = _shown
    return Templates(environment, folders)


def digest_of(texts: Sequence[str]) -> str:
    """Return the source list of a content security policy that allows exactly these inline texts."""
    return " ".join(f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)


def _fill(phrase: str, **parts: Markup) -> Markup:
    """Return a phrase with pieces of the page in its placeholders."""
    # the phrase is escaped here, and `format` escapes every part without markup
    return Markup(escape(phrase)).format(**parts)


def _shown(value: date | int, words: Words) -> str:
    """Return a date or a number in the format of a language."""
    return FORMATS[words.language].show(value)


def _finalize(value: object) -> object:
    """Clean every text before it enters the page, except the markup of templates."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
