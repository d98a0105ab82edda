"""Rulebooks in other languages: whole, and never another verdict."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pytest

from commands import ROOT
from rulewright.catalogue import check_file, load, load_translation
from rulewright.engines import Judge
from rulewright.model.explanation import Explanation
from rulewright.model.languages import Language
from rulewright.model.rulebook import Rulebook
from rulewright.model.translation import Translation, texts_of_rulebook, translated
from rulewright.testing.tests_reader import read_tests

FILES = sorted((ROOT / "rulebook").glob("*/*.zh.yaml"))
FLAGSHIP = ROOT / "rulebook" / "alibaba-cloud-icp-filing" / "2023-09-28.yaml"


def own_file(translation: Path) -> Path:
    return translation.with_name(translation.name.replace(".zh.yaml", ".yaml"))


def chinese(file: Path) -> tuple[Rulebook, Rulebook]:
    rulebook, _ = check_file(file)
    assert rulebook is not None
    found, wrong = load_translation(file.with_name(f"{file.stem}.zh.yaml"), rulebook, Language.CHINESE)
    assert found is not None and wrong == []
    return rulebook, translated(rulebook, found)


def test_the_flagship_is_translated() -> None:
    assert FLAGSHIP.with_name("2023-09-28.zh.yaml") in FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_translation_is_whole(file: Path) -> None:
    own, other = chinese(own_file(file))
    before = {text.path: text.text for text in texts_of_rulebook(own)}
    after = {text.path: text.text for text in texts_of_rulebook(other) if "sections" not in text.path}
    names = {"LinkedMall", "IoT Studio"}
    for path, text in after.items():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text) or text in names, path
        assert text != before[path] or text in names


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_tested_case_is_explained_alike_in_both_languages(file: Path) -> None:
    """The same outcomes, values, places and questions; texts without a gap and without a word of English rules."""
    program, _ = load(own_file(file))
    assert program is not None
    _, other = chinese(own_file(file))
    beside = own_file(file).with_name(own_file(file).stem + ".tests.yaml")
    tests, _ = read_tests(beside.read_bytes(), str(beside), program.rulebook)
    judge = Judge(program, "plain")
    judge.add_language(Language.CHINESE, other)
    english = {rule.title for rule in program.rulebook.rules.values()}
    for test in tests:
        result = judge.result(test.case)
        if result.verdict is None:
            continue
        one = judge.explain(test.case, result)
        two = judge.explain(test.case, result, language=Language.CHINESE)
        assert bare(one) == bare(two)
        for finding in two.findings:
            assert finding.message
            assert finding.title not in english
            assert not any(f" {word} " in f" {finding.message} " for word in ("the", "is", "of", "not"))
            assert not any("ready" in test.test for test in finding.tests)


def bare(explanation: Explanation) -> object:
    """An explanation without its words."""
    words = {
        "title",
        "label",
        "kind_label",
        "message",
        "remedy",
        "test",
        "shown",
        "ask",
        "note",
        "section",
        "says",
        "what",
    }

    def of(item: object, name: str = "") -> object:
        if is_dataclass(item) and not isinstance(item, type):
            return [
                of(getattr(item, one.name), one.name) for one in fields(item) if one.name not in words | {"notices"}
            ]
        if isinstance(item, tuple):
            return [of(one) for one in item]
        return item if name != "publisher" else None

    return of(explanation)


def test_a_text_that_is_not_translated_is_shown_as_it_is() -> None:
    rulebook, _ = check_file(FLAGSHIP)
    assert rulebook is not None
    assert translated(rulebook, Translation(Language.CHINESE, {})).rules == rulebook.rules
    assert rulebook.edition == date(2023, 9, 28)
