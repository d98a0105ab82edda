"""Sanitizing of foreign text, so that it cannot steer a terminal or change the writing direction."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: Replaces characters that cannot be shown, so that readers see that the value had more characters.
MARK = "\N{REPLACEMENT CHARACTER}"

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSHOWABLE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, which begin the escape sequences of terminals
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    # zero-width characters, except joiners, which are parts of words
    "\xad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"  # tag characters, which can hide a whole text
    "\ud800-\udfff\ufffe\uffff"  # surrogates and noncharacters, which files cannot hold
    "]+"
)


def clean(text: str) -> str:
    """Return the text on one line, with a mark in place of characters that cannot be shown."""
    if text.isprintable():  # no character to replace is printable
        return text
    return _UNSHOWABLE.sub(MARK, _BREAKS.sub(" ", text))


def web_address(url: str | None) -> str | None:
    """Return an absolute `http` or `https` address that is safe to link, or None for any other text."""
    if url is None or clean(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
