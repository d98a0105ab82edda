"""Text that others wrote, made safe to show: no character in it can steer a terminal or the direction of the page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: Stands where characters were that cannot be shown: a reader must see that a value holds more than meets the eye.
MARK = "\N{REPLACEMENT CHARACTER}"

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSHOWABLE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls: with them go the escape sequences of terminals
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    "\xad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # without any width; the joiners are part of words
    "\U000e0000-\U000e007f"  # tags: a whole text can be hidden in them
    "\ud800-\udfff\ufffe\uffff"  # halves of pairs, and what is no character: no file takes them
    "]+"
)


def clean(text: str) -> str:
    """The text on one line, with a mark in the place of what cannot be shown."""
    if text.isprintable():  # none of what is below is
        return text
    return _UNSHOWABLE.sub(MARK, _BREAKS.sub(" ", text))


def web_address(url: str | None) -> str | None:
    """The address if a reader may be sent there: a whole `http` or `https` one; none for any other."""
    if url is None or clean(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
