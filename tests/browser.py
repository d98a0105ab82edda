"""A real browser for tests: Debian's Chromium with a profile of its own, and axe for what readers need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
REQUIRED = os.environ.get("RULEWRIGHT_REQUIRE_BROWSER") == "1"
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)


def why_no_browser() -> str | None:
    """Why the tests in a browser cannot run here; none where they can."""
    try:
        import axe_playwright_python  # noqa: F401, PLC0415  for tests in a browser only
        import playwright  # noqa: F401, PLC0415
    except ImportError as error:
        return f"no {error.name}"
    return None if Path(CHROMIUM).is_file() else "no Chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with an empty profile."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


class Reader:
    """Opens pages and keeps what must not happen: messages in the console, errors, requests, dialogs."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.troubles: list[str] = []

    def open(self, file: Path, **options: Any) -> Page:
        """The page in a window of its own; options such as `color_scheme` are those of Playwright."""
        options.setdefault("viewport", {"width": 1100, "height": 900})
        page = self.browser.new_context(**options).new_page()
        page.on("console", lambda message: self.troubles.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: None if request.url == file.as_uri() else self.troubles.append(f"request: {request.url}"),
        )
        page.goto(file.as_uri())
        return page


def axe(page: Page) -> list[str]:
    """What axe finds in a page by the rules of WCAG 2.2 A and AA and its best practices, in a line each."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    found = Axe().run(page).response["violations"]
    return [f"{one['impact']} {one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


needs_browser = pytest.mark.skipif(
    why_no_browser() is not None and not REQUIRED, reason=f"the tests in a browser: {why_no_browser()}"
)
