"""The report in a real browser: it opens without a request or an error, and can be used with every hand and eye."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import explanations as made
from browser import Reader, axe, chromium, needs_browser, why_no_browser
from commands import EXAMPLE, ROOT, rw, write
from rulewright.model.languages import Language
from rulewright.render.html import write_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_browser

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1100, "height": 900}}


def test_there_is_a_browser() -> None:
    assert why_no_browser() is None


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    """Pages are opened by it; at the end nothing must have happened that is not asked for."""
    reader = Reader(browser)
    yield reader
    assert reader.troubles == []
    for context in browser.contexts:
        context.close()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("one") / "one.html"
    assert rw("check", EXAMPLE, "--format", "html", "-o", file).status == 1
    return file


def portfolio_cases(number: int) -> str:
    """Cases as the importers make them: some good, some not, some that lack a fact."""
    lines = []
    for at in range(number):
        instance: dict[str, object] = {
            "ref": f"i-{at:05d}",
            "service_type": ("ecs", "ens", "simple_application_server", "other")[at % 4],
            "region": ("cn-hangzhou", "cn-hongkong", "cn-beijing")[at % 3],
            "billing": "pay_as_you_go" if at % 7 == 0 else "subscription",
            "subscription_start": "2023-03-01",
            "subscription_end": f"2023-{10 + at % 3}-{1 + at % 28:02d}",
            "public_bandwidth_purchased": at % 5 != 0,
            "server_instance_purchased": True,
            "service_numbers_used": at % 6,
            "account": f"account-{at % 9}",
        }
        if at % 11 == 0:
            del instance["service_numbers_used"]
        lines.append(json.dumps({"case": f"case-{at:05d}", "as_of": "2023-10-15", "instance": instance}) + "\n")
    return "".join(lines)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    cases = write(folder / "cases.jsonl", portfolio_cases(240))
    file = folder / "many.html"
    assert rw("check", cases, "--format", "html", "-o", file).status == 1
    return file


def take_chinese(page: Page) -> None:
    page.locator("label[for=in-zh]").click()


def row_names(page: Page) -> list[str]:
    return page.locator("#rows tbody th button").all_inner_texts()


def found(page: Page) -> str:
    return page.locator("#found").inner_text()


# --- one case ------------------------------------------------------------------------------------------------------


def test_one_case_is_read_in_both_languages(reader: Reader, one: Path) -> None:
    page = reader.open(one)
    assert page.title() == "Not ready: shop-launch"
    assert page.locator("h1:visible").count() == 1
    assert "Renew web-1 by 1 month." in page.locator("main").inner_text()
    take_chinese(page)
    assert page.title() == "不符合要求：shop-launch"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    shown = page.locator("main").inner_text()
    assert "为 web-1 续费1个月。" in shown
    assert not re.search(r"\b(the|is|of|not|for)\b", shown.replace("pytest-of-", ""))


def test_the_languages_can_be_changed_without_a_script(reader: Reader, one: Path) -> None:
    page = reader.open(one, java_script_enabled=False)
    take_chinese(page)
    assert page.locator("h1:visible").inner_text().endswith("不符合要求")
    assert page.locator("details:visible").count() > 3


def test_one_case_by_keyboard(reader: Reader, one: Path) -> None:
    page = reader.open(one)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"
    page.keyboard.press("Enter")
    assert "finding" in page.evaluate("location.hash")
    summary = page.locator("summary:visible").last
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] table:visible").count() > 0


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with many changes, with another way, and with what no change helps."""
    folder = tmp_path_factory.mktemp("changes")
    case = write(folder / "case.yaml", CHANGES)
    file = folder / "changes.html"
    assert rw("check", case, "--format", "html", "-o", file).status == 1
    return file


CHANGES = """
as_of: 2023-10-15
instance:
  - {ref: web-1, service_type: ecs, region: cn-hangzhou, in_mainland: yes, billing: pay_as_you_go,
     subscription_months: 2, public_bandwidth_purchased: no, service_numbers_used: 1}
  - {ref: web-2, service_type: ecs, region: cn-hongkong, billing: subscription, subscription_months: 12,
     public_bandwidth_purchased: yes, service_numbers_used: 1}
filing:
  - {ref: shop, hosting: alibaba_cloud, instance: web-1, account: acme, domain: shop.example, service_number: used}
"""


def test_what_a_change_satisfies_can_be_looked_up(reader: Reader, changes: Path) -> None:
    page = reader.open(changes)
    links = page.locator(".moves + .detail a:visible")
    assert links.count() > 3
    for number in range(links.count()):
        links.nth(number).click()
        target = page.locator(f"[id='{page.evaluate('location.hash').removeprefix('#')}']")
        assert target.locator("h3, h4").first.inner_text() == links.nth(number).inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_in_changes(reader: Reader, changes: Path, scheme: str, lang: str) -> None:
    page = reader.open(changes, color_scheme=scheme, bypass_csp=True, **PHONE)
    if lang == "zh":
        take_chinese(page)
    page.evaluate("document.querySelectorAll('.actions details').forEach((one) => { one.open = true })")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_link_opens_what_is_folded(reader: Reader, one: Path) -> None:
    page = reader.open(one)
    hidden = page.locator("details:not([open]) article.finding").first.get_attribute("id")
    page.evaluate(f"location.hash = '{hidden}'")
    page.locator(f"[id='{hidden}']").wait_for(state="visible")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_in_one_case(
    reader: Reader, one: Path, scheme: str, window: dict[str, object], lang: str
) -> None:
    page = reader.open(one, color_scheme=scheme, bypass_csp=True, **window)
    if lang == "zh":
        take_chinese(page)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert axe(page) == []


def test_nothing_is_wider_than_a_phone(reader: Reader, one: Path, many: Path) -> None:
    for file in (one, many):
        page = reader.open(file, **PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_picture_is_read_without_overlaps(reader: Reader, one: Path) -> None:
    """No box lies on another, no text leaves its box, in both languages."""
    page = reader.open(one)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for lang in ("en", "zh"):
        page.locator(f"label[for=in-{lang}]").click()
        assert page.evaluate(_PICTURE) == []


_PICTURE = """() => [...document.querySelectorAll(".picture svg")].flatMap((svg) => {
  if (!svg.checkVisibility()) return [];
  const rectangle = (box) => box.querySelector("rect").getBoundingClientRect();
  const boxes = [...svg.querySelectorAll(".box")].map((box) => [box, rectangle(box)]);
  const wrong = [];
  for (const [box, at] of boxes) {
    for (const text of box.querySelectorAll("text")) {
      const own = text.getBoundingClientRect();
      const within = own.right <= at.right - 2 && own.bottom <= at.bottom && own.top >= at.top;
      if (!within) wrong.push(`out: ${text.textContent}`);
    }
    for (const [other, there] of boxes) {
      const beside = at.right <= there.left || there.right <= at.left;
      const below = at.bottom <= there.top || there.bottom <= at.top;
      if (other !== box && !beside && !below) wrong.push(`over: ${box.textContent}`);
    }
  }
  return wrong;
})"""


def test_it_prints(reader: Reader, one: Path, many: Path) -> None:
    page = reader.open(one)
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator(".languages").is_visible()
    assert page.locator("h1:visible").count() == 1
    page = reader.open(many)
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert page.locator(".overview:visible").count() == 1
    assert page.pdf(format="A4").startswith(b"%PDF")


# --- many cases ----------------------------------------------------------------------------------------------------


def test_many_cases_filter_and_search(reader: Reader, many: Path) -> None:
    page = reader.open(many)
    assert page.title() == "Report: 240 cases"
    assert found(page) == "240 rows"
    assert row_names(page)[0] == "case-00000"
    page.fill("#search", "I-00123")
    page.get_by_text("1 row of 240").wait_for()
    assert row_names(page) == ["case-00123"]
    page.click("#clear")
    assert found(page) == "240 rows"
    page.select_option("#verdict", label="Ready")
    assert set(page.locator("#rows tbody .label").all_inner_texts()) == {"Ready"}
    page.fill("#search", "nothing like that")
    page.get_by_text("No case is like that.").wait_for()
    assert found(page) == "0 rows of 240"


def test_counts_are_those_of_the_cases(reader: Reader, many: Path, tmp_path: Path) -> None:
    """What the page counts and filters is what the program says of each case."""
    cases = write(tmp_path / "cases.jsonl", portfolio_cases(240))
    told = [json.loads(line) for line in rw("check", cases, "--format", "jsonl").out.splitlines()]
    page = reader.open(many)
    for verdict, label in (
        ("ready", "Ready"),
        ("not_ready", "Not ready"),
        ("needs_information", "Needs information"),
    ):
        number = sum(case["verdict"] == verdict for case in told)
        page.select_option("#verdict", label=label)
        assert found(page).startswith(f"{number} row")
    page.click("#clear")
    for button in page.locator("button[data-rule]:visible").all():
        rule, outcome = button.get_attribute("data-rule"), button.get_attribute("data-outcome")
        number = sum((one["rule"], one["outcome"]) == (rule, outcome) for case in told for one in case["findings"])
        assert int(button.inner_text()) == number
        button.click()
        assert found(page).startswith(f"{number} row")


def test_many_cases_sort(reader: Reader, many: Path) -> None:
    page = reader.open(many)
    page.click("[data-sort=case]")
    assert row_names(page)[0] == "case-00000"
    page.click("[data-sort=case]")
    assert row_names(page)[0] == "case-00239"
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Case")
    page.click("[data-sort=violated]")
    page.click("[data-sort=violated]")
    numbers = [int(text) for text in page.locator("#rows tbody td.number:nth-of-type(3)").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > 1


def test_what_runs_out_soon_is_sorted_by_its_days(reader: Reader, many: Path) -> None:
    page = reader.open(many)
    page.locator("button[data-rule=expiry-near]:visible").click()
    page.click("[data-sort=value]")
    values = page.locator("#rows tbody td.number").all_inner_texts()
    days = [int(re.findall(r"-?\d+", text)[0]) for text in values]
    assert days == sorted(days)
    assert len(days) > 5
    assert all("days" in text or "day" in text for text in values)
    why = page.locator("#rows tbody .why").first.inner_text()
    assert "ended" in why and "days ago" in why
    page.locator("#rows tbody th button").first.click()
    assert why in page.locator("dialog .reason").all_inner_texts()


@pytest.mark.parametrize(("edition", "numbers"), [("2023-09-28", (0, 3, 11, 55)), ("2026-06-26", (1, 2, 8))])
def test_a_row_opens_its_explanation_as_the_report_of_one_case_tells_it(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edition: str, numbers: tuple[int, ...]
) -> None:
    """The same words in the same order, whichever of the two made them; changes are looked for in one case alone."""
    monkeypatch.setattr("rulewright.command.check.smallest_changes", lambda *_: {})
    lines = portfolio_cases(60).splitlines(keepends=True)
    many = tmp_path / "many.html"
    words = ("--format", "html", "--edition", edition, "-o")
    rw("check", write(tmp_path / "cases.jsonl", "".join(lines)), *words, many)
    for number in numbers:
        # the place of a fact is in the file and on the line that it is read from
        single = write(tmp_path / str(number) / "cases.jsonl", "\n" * number + lines[number])
        file = tmp_path / str(number) / "one.html"
        rw("check", single, *words, file)
        alone = reader.open(file)
        page = reader.open(many)
        for chinese in (False, True):
            if chinese:
                take_chinese(alone)
                take_chinese(page)
            page.fill("#search", f"case-{number:05d}")
            page.get_by_text("1 行，共 60" if chinese else "1 row of 60").wait_for()
            page.locator("#rows tbody th button").click()
            assert words_of(page, "#opened-case article.case") == words_of(alone, "main .case")
            page.keyboard.press("Escape")


def words_of(page: Page, selector: str) -> list[str]:
    """The texts of a case as they follow each other, without the picture, names of files and what only links."""
    page.wait_for_function(
        "(selector) => [...document.querySelectorAll(selector)].some((one) => one.checkVisibility())", arg=selector
    )
    text: str = page.evaluate(
        """(selector) => {
          const own = [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
          const copy = own.cloneNode(true);
          for (const part of copy.querySelectorAll(".chain, style, details.says")) part.remove();
          const words = [];
          const walk = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) words.push(walk.currentNode.textContent);
          return words.join("|");
        }""",
        selector,
    )
    joined = re.sub(r"[|\s]+", "", re.sub(r"[^|\s]*cases\.jsonl", "cases.jsonl", text))
    return re.findall(r"[^。.;]+", re.sub(r"\d+facts?|\d+项事实", "", joined))


def test_many_cases_by_keyboard(reader: Reader, many: Path) -> None:
    page = reader.open(many)
    page.focus("#rows")
    page.keyboard.press("ArrowDown")
    active = "document.activeElement.innerText"
    assert page.evaluate(active) == "case-00000"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(active) == "case-00001"
    page.keyboard.press("End")
    assert page.evaluate(active) == "case-00239"
    page.keyboard.press("PageUp")
    assert page.evaluate(active) < "case-00239"
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    assert page.evaluate("document.activeElement.id") == "opened-title"
    page.click("#next")
    assert "case-00001" in page.locator("#opened-title").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate(active) == "case-00001"


def test_many_cases_in_chinese(reader: Reader, many: Path) -> None:
    page = reader.open(many)
    take_chinese(page)
    assert page.title() == "报告：240 个案例"
    assert found(page) == "240 行"
    page.select_option("#verdict", label="符合要求")
    assert set(page.locator("#rows tbody .label").all_inner_texts()) == {"符合要求"}
    page.locator("#rows tbody th button").first.click()
    told = page.locator("dialog").inner_text()
    assert "2023年10月15日" in told
    assert not re.search(r"\b(the|is|of|not|for|and)\b", told)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_many_cases(reader: Reader, many: Path, scheme: str, window: dict[str, object]) -> None:
    page = reader.open(many, color_scheme=scheme, bypass_csp=True, **window)
    assert axe(page) == []
    page.select_option("#rule", index=1)
    assert axe(page) == []
    page.locator("#rows tbody th button").first.click()
    page.evaluate("document.querySelectorAll('dialog details').forEach((one) => { one.open = true })")
    assert axe(page) == []


# --- many subjects of one case ---------------------------------------------------------------------------------------


def subjects(number: int) -> str:
    """One case of instances as those of `portfolio_cases`, and filings for some of them."""
    instances = [json.loads(line)["instance"] for line in portfolio_cases(number).splitlines()]
    filings = [
        {"ref": f"shop-{at}", "hosting": "alibaba_cloud", "instance": f"i-{at:05d}", "account": f"account-{at % 5}"}
        for at in range(0, number, 4)
    ]
    # one fact a line, so that a smaller case can have each on the line that it has here
    facts = ",\n".join(map(json.dumps, instances)), ",\n".join(map(json.dumps, filings))
    head = '{"case": "launch", "as_of": "2023-10-15", "instance": [\n'
    return f'{head}{facts[0]}\n], "filing": [\n{facts[1]}\n]}}\n'


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    file = folder / "large.html"
    assert rw("check", write(folder / "case.json", subjects(200)), "--format", "html", "-o", file).status == 1
    return file


def test_many_subjects_filter_and_search(reader: Reader, large: Path) -> None:
    page = reader.open(large)
    assert page.title() == "Not ready: launch"
    assert page.locator("h1:visible").count() == 1
    assert found(page) == "250 rows"
    assert not page.locator(".first-rows:visible").count()
    page.select_option("#kind", label="filing")
    assert found(page) == "50 rows of 250"
    page.fill("#search", "shop-120")
    page.get_by_text("1 row of 250").wait_for()
    assert row_names(page) == ["shop-120"]
    page.click("#clear")
    page.select_option("#verdict", label="Ready")
    assert set(page.locator("#rows tbody .label").all_inner_texts()) == {"Ready"}
    reasons = page.locator("#rows tbody .why").all_inner_texts()
    assert all(not text or text.startswith(("Note: ", "Warning: ")) for text in reasons)
    page.click("#clear")
    page.locator("button[data-rule=expiry-near]:visible").click()
    page.click("[data-sort=value]")
    assert page.locator("#rows tbody th button").count() > 0


@pytest.mark.parametrize("chinese", [False, True])
def test_a_subject_of_many_is_told_as_on_the_small_page(
    reader: Reader, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chinese: bool
) -> None:
    """The findings of a subject and its facts are the same on the page of a case that has few subjects."""
    monkeypatch.setattr("rulewright.command.check.smallest_changes", lambda *_: {})
    whole = json.loads(subjects(200))
    for ref in ("i-00000", "i-00011", "i-00037", "shop-8"):
        kind = "filing" if ref.startswith("shop") else "instance"
        (fact,) = (one for one in whole[kind] if one["ref"] == ref)
        others = {"instance": [one for one in whole["instance"] if one["ref"] == fact.get("instance")]}
        filings = [one for one in whole["filing"] if one["instance"] == ref]
        few = {**whole, **others, "filing": filings, kind: [fact]}
        file = tmp_path / f"{ref}.html"
        rw("check", write(tmp_path / f"{ref}.json", json.dumps(few)), "--format", "html", "-o", file)
        alone, page = reader.open(file), reader.open(large)
        if chinese:
            take_chinese(alone)
            take_chinese(page)
        page.fill("#search", ref)
        page.locator("#rows tbody th button", has_text=re.compile(f"^{ref}$")).first.wait_for()
        page.locator("#rows tbody th button", has_text=re.compile(f"^{ref}$")).first.click()
        assert findings_of(page, "#opened-case", ref) == findings_of(alone, "main", ref)
        assert page.locator("#opened-title").inner_text().startswith(("filing", "instance", "实例", "备案"))


def findings_of(page: Page, selector: str, ref: str) -> list[str]:
    """The findings about a subject, in words, without the places of its facts."""
    found: list[str] = page.evaluate(
        """([selector, ref]) => [...document.querySelector(selector).querySelectorAll("article.finding")]
          .filter((one) => one.closest("[lang]").checkVisibility() && one.querySelector(".ref").textContent === ref)
          .map((one) => {
            const copy = one.cloneNode(true);
            for (const part of copy.querySelectorAll(".place, details.says, thead")) part.remove();
            return copy.textContent.replace(/\\s+/g, "");
          })""",
        [selector, ref],
    )
    assert found
    return found


def test_many_subjects_without_a_script_and_on_paper(reader: Reader, large: Path) -> None:
    page = reader.open(large, java_script_enabled=False)
    assert page.locator(".first-rows:visible tbody tr").count() == 100
    assert "The first 100 of 250 rows" in page.locator(".first-rows:visible .lead").inner_text()
    assert not page.locator(".cases:visible").count()
    take_chinese(page)
    assert "共 250 行" in page.locator(".first-rows:visible .lead").inner_text()
    page = reader.open(large)
    page.emulate_media(media="print")
    assert page.locator(".first-rows:visible tbody tr").count() == 100
    assert page.locator("h1:visible").count() == 1
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_many_subjects(
    reader: Reader, large: Path, scheme: str, window: dict[str, object]
) -> None:
    page = reader.open(large, color_scheme=scheme, bypass_csp=True, **window)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= window["viewport"]["width"]  # type: ignore[index]
    page.locator("#rows tbody th button").first.click()
    page.evaluate("document.querySelectorAll('dialog details').forEach((one) => { one.open = true })")
    assert axe(page) == []
    page = reader.open(large, color_scheme=scheme, bypass_csp=True, **window)
    page.emulate_media(media="print")
    assert axe(page) == []


# --- what others wrote ---------------------------------------------------------------------------------------------


def test_nothing_that_is_hostile_runs(reader: Reader, tmp_path: Path) -> None:
    page_text = write_html(
        {Language.ENGLISH: [made.hostile(), made.not_ready()], Language.CHINESE: [made.hostile()] * 2}, run=made.RUN
    )
    assert isinstance(page_text, str)
    page = reader.open(write(tmp_path / "hostile.html", page_text))
    shown = page.locator("main").inner_text()
    for fact in made.HOSTILE[:3]:
        assert fact in shown
    assert page.locator("main script, main img, main iframe").count() == 0


def test_nothing_that_is_hostile_runs_in_many_cases(reader: Reader, tmp_path: Path) -> None:
    names = [
        *made.HOSTILE,
        "=1+1",
        "@SUM(A1)",
        "</script><script>alert(9)</script>",
        "\ue000\ue400\uf000",
        "$& $1 {0}",
        "\t",
    ]
    lines = [
        json.dumps(
            {"case": f"{name[:200]} {at}", "instance": {"ref": name[:200] or "x", "account": name, "region": name}}
        )
        for at, name in enumerate(name for name in names if not re.search("[\ud800-\udfff]", name))
    ]
    cases = write(tmp_path / "cases.jsonl", "\n".join(lines) + "\n" + portfolio_cases(12))
    file = tmp_path / "hostile.html"
    rw("check", cases, "--format", "html", "-o", file)
    page = reader.open(file)
    assert page.locator("main img, main iframe").count() == 0
    shown = page.locator("#rows").inner_text()
    for fact in ("<script>alert(1)</script>", "{{ 7*7 }}{% raw %}", "=1+1", "</script><script>alert(9)</script>"):
        assert fact in shown
    for row in range(min(10, page.locator("#rows tbody th button").count())):
        page.locator("#rows tbody th button").nth(row).click()
        assert page.locator("dialog img, dialog script").count() == 0
        page.keyboard.press("Escape")


# --- pictures ------------------------------------------------------------------------------------------------------


def test_the_picture_in_the_readme(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """With `--update-golden` it is made anew; else only that there is one."""
    picture = ROOT / "docs" / "images" / "report.png"
    if request.config.getoption("--update-golden"):
        monkeypatch.chdir(ROOT)
        file = tmp_path / "report.html"
        rw("check", EXAMPLE.relative_to(ROOT), "--format", "html", "-o", file)
        page = reader.open(file, viewport={"width": 1000, "height": 1400}, device_scale_factor=1.5)
        shown = page.locator(".picture:visible").first.bounding_box()
        assert shown is not None
        page.screenshot(path=picture, clip={"x": 0, "y": 0, "width": 1000, "height": shown["y"] + shown["height"] + 10})
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 300_000


def test_a_folder_of_pictures_to_look_at(reader: Reader, one: Path, many: Path, request: pytest.FixtureRequest) -> None:
    """With `--pictures FOLDER` the pages in both languages, light and dark, on a desk and a phone."""
    folder = request.config.getoption("--pictures")
    if folder is None:
        pytest.skip("only with --pictures FOLDER")
    shutil.rmtree(folder, ignore_errors=True)
    for name, file in (("one", one), ("many", many)):
        for scheme in ("light", "dark"):
            for window, options in (("desktop", DESKTOP), ("phone", PHONE)):
                page = reader.open(file, color_scheme=scheme, **options)
                for lang in ("en", "zh"):
                    page.locator(f"label[for=in-{lang}]").click()
                    page.screenshot(path=Path(folder) / f"{name}-{lang}-{scheme}-{window}.png", full_page=True)
                    if name == "many":
                        page.locator("#rows tbody th button").nth(1).click()
                        page.screenshot(path=Path(folder) / f"opened-{lang}-{scheme}-{window}.png")
                        page.keyboard.press("Escape")
