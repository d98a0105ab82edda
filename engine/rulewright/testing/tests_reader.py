"""Read the test file of a rulebook, with all its diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rulewright.diagnostics import Diagnostic, Related, Span, did_you_mean, in_source_order
from rulewright.model.facts import Case
from rulewright.model.rulebook import Rulebook
from rulewright.parse.language_keys import EXPECTED_OF_CASE, TEST, TESTS_FILE
from rulewright.parse.sections import Report, Section, as_list, as_mapping
from rulewright.read.cases import read_case
from rulewright.read.documents import HEADER, CaseDocument
from rulewright.source import MappingNode, Node, read_authored, short
from rulewright.testing.expecting import ExpectationReader
from rulewright.testing.merging import merge_facts, replace_facts
from rulewright.testing.tests import Expected, Test

_SUFFIXES = (".tests.yaml", ".tests.yml")
#: The errors that a case with well-formed facts can end in.
_ERRORS = ("F010",)


def tests_file(rulebook_file: Path) -> Path:
    """Return the path of the test file of a rulebook; the file need not exist."""
    places = [rulebook_file.with_name(rulebook_file.stem + suffix) for suffix in _SUFFIXES]
    return next((place for place in places if place.is_file()), places[0])


def find_orphans(rulebook_files: Iterable[Path]) -> list[Diagnostic]:
    """Return a diagnostic for each test file in the folders of these rulebooks that belongs to no rulebook."""
    diagnostics = []
    for folder in dict.fromkeys(file.parent for file in rulebook_files):
        for file in sorted(folder.iterdir()):
            suffix = next((suffix for suffix in _SUFFIXES if file.name.endswith(suffix)), None)
            if suffix is None:
                continue
            stem = file.name.removesuffix(suffix)
            tested = [folder / (stem + ending) for ending in (".yaml", ".yml")]
            if not any(rulebook.is_file() and tests_file(rulebook) == file for rulebook in tested):
                message = "no rulebook stands beside these tests, so they are never run"
                help_ = f"name the file as the edition that it tests, with `{_SUFFIXES[0]}` behind the date"
                diagnostics.append(Diagnostic("T008", message, Span(str(file)), help_))
    return diagnostics


def read_tests(data: bytes, name: str, rulebook: Rulebook) -> tuple[list[Test], list[Diagnostic]]:
    """Return the tests in the bytes of the file `name`, and their diagnostics."""
    nodes, diagnostics = read_authored(data, name)
    report = Report()
    report.diagnostics.extend(diagnostics)
    tests: list[Test] = []
    if nodes:
        root = as_mapping(nodes[0], "a file of tests", report)
        tests = [] if root is None else _FileReader(rulebook, report).read(root)
    elif not diagnostics:
        report.add("S008", "the file is empty", Span(name), "a test file has a list of `tests:`")
    if len(nodes) > 1:
        message = "a test file holds one document, and this is a second"
        report.add("S011", message, nodes[1].span, "put its tests into the list of the first")
    return tests, in_source_order(report.diagnostics)


class _FileReader:
    """Reads one file of tests."""

    def __init__(self, rulebook: Rulebook, report: Report) -> None:
        self.rulebook = rulebook
        self.report = report
        self.bases: dict[str, MappingNode | None] = {}

    def read(self, root: MappingNode) -> list[Test]:
        """Return the valid tests of the file; errors go to the report."""
        section = Section(root, TESTS_FILE, "the test file", self.report)
        named = section.text("rulebook")
        if named is not None and named != self.rulebook.name:
            message = f"the tests are of `{short(named)}`, and the rulebook is `{self.rulebook.name}`"
            self.report.add("T001", message, section.span_of("rulebook"), "move them to the rulebook that they test")
        for entry in section.mapping("bases"):
            facts = as_mapping(entry.value, "the facts of a base", self.report)
            if facts is not None:
                self._no_header(facts, "a test has its own `as_of`")
            self.bases[entry.key.text] = facts
        node = section.node("tests")
        tests: dict[str, Test] = {}
        for item in as_list(node, "a list of tests", self.report) if node is not None else ():
            test = self._test(item)
            if test is None:
                continue
            if test.name in tests:
                self.report.add(
                    "T002",
                    f"a second test is called `{short(test.name)}`",
                    test.span,
                    "give each test a name of its own",
                    (Related("the first is", tests[test.name].span),),
                )
                continue
            tests[test.name] = test
        return list(tests.values())

    def _test(self, node: Node) -> Test | None:
        mapping = as_mapping(node, "a test", self.report)
        if mapping is None:
            return None
        section = Section(mapping, TEST, "a test", self.report)
        name, as_of = section.text("name"), section.date("as_of")
        facts = self._facts(section, mapping.span)
        case: Case | None = None
        if facts is not None:
            document = CaseDocument(name or "a test", None, facts)
            case, wrong = read_case(document, self.rulebook, as_of or self.rulebook.edition)
            self.report.diagnostics.extend(wrong)
        expect_node = section.node("expect")
        expect = None if expect_node is None else as_mapping(expect_node, "what is expected", self.report)
        if expect is None:
            return None
        expected, subjects, error = self._expectation(expect, case)
        return None if name is None or case is None else Test(name, mapping.span, case, expected, subjects, error)

    # --- facts ---

    def _facts(self, section: Section, span: Span) -> MappingNode | None:
        """Return the facts of a test, merged into those of its base; none if either cannot be read."""
        base = section.text("base")
        given = self._stated(section, "given", span)
        replacing = self._stated(section, "replace", span)
        if given is None or replacing is None:
            return None
        if base is None:
            if replacing.entries:
                message, help_ = (
                    "`replace` replaces facts of a base, and there is none",
                    "write the facts under `given`",
                )
                self.report.add("R009", message, section.span_of("replace"), help_)
            return given
        if base not in self.bases:
            message = f"unknown base `{short(base)}`"
            self.report.add("T003", message, section.span_of("base"), did_you_mean(base, self.bases))
            return None
        below = self.bases[base]
        if below is None:
            return None
        return replace_facts(merge_facts(below, given, self.report), given, replacing, self.report)

    def _stated(self, section: Section, key: str, span: Span) -> MappingNode | None:
        """Return the facts under a key of a test; an empty mapping if the key is left out."""
        facts = as_mapping(section.node(key) or MappingNode((), span), "the facts of a test", self.report)
        if facts is not None:
            self._no_header(facts, f"write it beside `{key}`, not in it")
        return facts

    def _no_header(self, facts: MappingNode, help_: str) -> None:
        for entry in facts.entries:
            if entry.key.text in HEADER:
                self.report.add("F001", f"`{entry.key.text}` is no kind of fact", entry.key.span, help_)

    # --- expectations ---

    def _expectation(self, node: MappingNode, case: Case | None) -> tuple[Expected, Mapping[str, Expected], str | None]:
        section = Section(node, EXPECTED_OF_CASE, "what is expected", self.report)
        reader = ExpectationReader(self.rulebook, self.report)
        error = self._error(section)
        refs = _kinds_by_ref(case)
        kinds = None if case is None else [kind for kind, found in case.facts.items() if found]
        expected = reader.read(section, kinds, "in this test")
        subjects = {}
        for entry in section.mapping("subjects"):
            ref = entry.key.text
            if case is not None and ref not in refs:
                message = f"unknown subject `{short(ref)}`"
                self.report.add("T004", message, entry.key.span, did_you_mean(ref, refs))
            own = as_mapping(entry.value, "what is expected of a subject", self.report)
            if own is not None:
                subjects[ref] = reader.read_subject(own, refs.get(ref), ref)
        if not node.entries:
            help_ = "say what has to come out, as in `verdict: ready`"
            self.report.add("T005", "the test expects nothing, so it cannot fail", node.span, help_)
        return expected, subjects, error

    def _error(self, section: Section) -> str | None:
        error = section.text("error")
        if error is not None and error not in _ERRORS:
            message = f"no case ends in the error `{short(error)}`"
            self.report.add("T004", message, section.span_of("error"), did_you_mean(error, _ERRORS))
        if "error" in section.entries:
            for key, entry in section.entries.items():
                if key in EXPECTED_OF_CASE and key != "error":
                    message, help_ = (
                        f"`{key}` does not go with `error`",
                        "a case that ends in an error has nothing else",
                    )
                    self.report.add("R009", message, entry.key.span, help_)
        return error


def _kinds_by_ref(case: Case | None) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for fact in (fact for found in ({} if case is None else case.facts).values() for fact in found):
        kinds.setdefault(fact.ref, []).append(fact.kind)
    return kinds
