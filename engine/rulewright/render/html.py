"""Explanations as one HTML page that needs nothing else: no network, no script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from rulewright.model.explanation import Explanation
from rulewright.model.outcomes import Outcome
from rulewright.model.values import Absent
from rulewright.render.arrange import CALLING, EVIDENCE, TELLING, arranged, counted, place
from rulewright.render.clean import clean, web_address
from rulewright.render.words import ENGLISH, Words
from rulewright.shipped import shipped_folder


def write_html(explanations: Sequence[Explanation], *, words: Words = ENGLISH) -> str:
    """The report that people read: the verdict, what to do, why, and what it rests on; an overview of several cases."""
    environment, style = _environment()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        words=words,
        style=Markup(style),  # the program's own file, which a browser takes only with the digest of exactly this text
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        cases=[arranged(explanation, words) for explanation in explanations],
        counts=counted(explanations),
        telling=TELLING,
        calling=CALLING,
        evidence=EVIDENCE,
        Outcome=Outcome,
        Absent=Absent,
    )


@lru_cache(maxsize=1)
def _environment() -> tuple[ImmutableSandboxedEnvironment, str]:
    folder = shipped_folder("templates")
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
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
    return environment, (folder / "parts" / "style.css").read_text(encoding="utf-8")


def _fill(phrase: str, **parts: Markup) -> Markup:
    """A phrase with pieces of the page in its places, in whatever order its language has them."""
    return Markup(escape(phrase)).format(**parts)  # escaped, and format escapes what is not markup already


def _finalize(value: object) -> object:
    """Every text on its way into the page is made safe to show; only the templates' own markup stays as it is."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
