"""How long Chromium takes with the page of many cases: `python benchmarks/report_in_browser.py report.html [CHROMIUM]`.

Prints milliseconds until the page can be used, and those of each thing that a reader does with its table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
#: Done when the browser has drawn what was asked for.
_TIMED = """async (action) => {
  const started = performance.now();
  const steps = {
    sort: () => document.querySelector("[data-sort=case]").click(),
    verdict: () => { const one = document.getElementById("verdict"); one.selectedIndex = 1; one.dispatchEvent(new Event("change")); },
    rule: () => { const one = document.getElementById("rule"); one.selectedIndex = 1; one.dispatchEvent(new Event("change")); },
    value: () => document.querySelector("[data-sort=value]").click(),
    clear: () => document.getElementById("clear").click(),
    search: () => { const one = document.getElementById("search"); one.value = "99"; one.dispatchEvent(new Event("input")); },
    scroll: () => { const one = document.getElementById("rows"); one.scrollTop = one.scrollHeight / 2; },
    open: () => document.querySelector("#rows tbody th button").click(),
    close: () => document.getElementById("close").click(),
  };
  steps[action]();
  if (action === "search") await new Promise((done) => setTimeout(done, 125));  // it waits until nobody types
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return Math.round(performance.now() - started);
}"""  # noqa: E501  a line of a script


def measure(page: Page, file: Path) -> dict[str, object]:
    page.goto(file.as_uri(), wait_until="commit")
    page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=120_000)
    ready = page.evaluate("Math.round(performance.now())")
    actions = ("scroll", "sort", "verdict", "rule", "value", "clear", "search", "clear", "open", "close")
    times = {action: page.evaluate(_TIMED, action) for action in actions}
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    return {
        "megabytes": round(file.stat().st_size / 1e6, 1),
        "ready_ms": ready,
        "heap_megabytes": round(heap / 1e6),
    } | times


def main(file: str, chromium: str = "/usr/bin/chromium") -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        for _ in range(3):
            page = browser.new_context(bypass_csp=True).new_page()
            print(json.dumps(measure(page, Path(file).resolve())))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
