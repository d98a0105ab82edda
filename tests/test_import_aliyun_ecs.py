"""The importer aliyun-ecs: what it writes and what it refuses, against files kept under tests/importers."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from ruamel.yaml import YAML

from packages import IMPORTERS
from rulewright import Diagnostic, Span
from rulewright.case_text import Entry, case_text
from rulewright.vendors import converters
from rulewright.vendors.conversions import Found, Stated, Unclear, Unreadable
from rulewright.vendors.registry import import_case
from rulewright.vendors.tables import Record
from rulewright.vendors.times import day_in

FOLDER = Path(__file__).parent / "importers" / "aliyun-ecs"
DAY_IN_CHINA = day_in("Asia/Shanghai")
GOOD, BAD = (
    sorted(path for path in (FOLDER / name).iterdir() if path.suffix in (".json", ".gz")) for name in ("good", "bad")
)

INSTANCE = {
    "InstanceId": "i-example0001",
    "RegionId": "cn-hangzhou",
    "InstanceChargeType": "PrePaid",
    "CreationTime": "2023-01-10T03:20Z",
    "ExpiredTime": "2023-07-10T16:00Z",
    "InternetMaxBandwidthOut": 5,
}


def run(*files: tuple[str, Any]) -> tuple[str | None, list[Diagnostic]]:
    """The importer over named values, each given as bytes or as what its JSON says."""
    return import_case(
        "aliyun-ecs",
        [(name, value if isinstance(value, bytes) else json.dumps(value).encode()) for name, value in files],
    )


def loaded(text: str | None) -> Any:
    assert text is not None
    return YAML(typ="safe", pure=True).load(text)


def instance_of(**changes: Any) -> Any:
    """The facts that come of the instance above with some keys changed; those set to `...` are left out."""
    members = {key: value for key, value in {**INSTANCE, **changes}.items() if value is not ...}
    text, problems = run(("a.json", members))
    assert problems == []
    return loaded(text)["instance"][0]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_case_file_holds_nothing_but_its_contract(path: Path) -> None:
    case = loaded(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    assert list(case) == ["case", "instance"]
    assert case["case"] == path.stem
    types = {
        "ref": str,
        "service_type": str,
        "region": str,
        "billing": str,
        "created": date,
        "subscription_end": date,
        # a reader of YAML 1.2 sees the text, the program's own reader and YAML 1.1 see yes and no
        "public_bandwidth_purchased": str,
        "state": str,
        "locked": str,
        "lock_reason": str,
    }
    for instance in case["instance"]:
        assert {key: types[key] for key in instance} == {key: type(value) for key, value in instance.items()}
        assert "ref" in instance


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_every_fact_is_stated_or_said_to_be_unknown(path: Path) -> None:
    text = path.with_suffix(".yaml").read_text(encoding="utf-8")
    names = {
        "service_type",
        "region",
        "billing",
        "created",
        "subscription_start",
        "subscription_end",
        "public_bandwidth_purchased",
        "state",
        "locked",
    }
    for instance in text.split("\n  - ")[1:]:
        lines = [line.strip() for line in instance.splitlines()]
        assert all("  # " in line or line.startswith("# ") for line in lines)
        told = [name for line in lines for name in line.removeprefix("# ").split(": ")[0].split(", ")]
        assert all(told.count(name) == 1 for name in names)
        assert "never says these" in lines[-1]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_what_cannot_be_read_is_refused_at_its_place(path: Path) -> None:
    text, problems = import_case("aliyun-ecs", [(path.name, path.read_bytes())])
    assert text is None
    assert {problem.code for problem in problems} == {path.stem.split("-")[0]}
    for problem in problems:
        assert problem.message.isprintable()
        assert problem.span is not None and problem.span.file == path.name


def test_every_kept_file_has_what_it_gives() -> None:
    assert len(GOOD) + len(BAD) > 40
    assert {path.with_suffix(".yaml") for path in GOOD} == set((FOLDER / "good").glob("*.yaml"))


def test_an_unknown_importer_is_named_with_the_nearest() -> None:
    text, problems = import_case("alyun-ecs", [("a.json", b"{}")])
    assert text is None
    assert [str(problem) for problem in problems] == [
        "I001 unknown importer `alyun-ecs`\n  help: did you mean `aliyun-ecs`?"
    ]
    assert "aliyun-ecs" in IMPORTERS and IMPORTERS["aliyun-ecs"].description


def test_no_file_is_no_answer() -> None:
    text, problems = import_case("aliyun-ecs", [])
    assert text is None and [problem.code for problem in problems] == ["I003"]


def test_standard_input_has_a_name() -> None:
    text, _ = run(("-", INSTANCE))
    assert text is not None and text.startswith("# made by `rulewright import aliyun-ecs` from standard input\n")
    assert loaded(text)["case"] == "aliyun-ecs"


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("folder/shop.json", "shop"),
        ("2023-09-28.json", "2023-09-28"),
        ("no.json", "no"),
        ("7.json", "7"),
        ("shop.page.json", "shop.page"),
        ("new\nline: x.json", r"new\nline: x"),
        ("\udce9.json", r"\udce9"),
        ("", "aliyun-ecs"),
    ],
)
def test_the_case_is_named_after_the_first_file(name: str, case: str) -> None:
    text, problems = run((name, INSTANCE), ("other.json", INSTANCE))
    assert problems == [] and text is not None and text.encode()
    assert loaded(text)["case"] == case


def test_pages_become_one_case_and_the_same_instance_comes_once() -> None:
    second = {**INSTANCE, "InstanceId": "i-example0002"}
    # what is no fact may have changed between the two calls
    again = {**INSTANCE, "Status": "Stopped", "InstanceName": "renamed"}
    text, problems = run(
        ("page-1.json", {"Instances": {"Instance": [INSTANCE]}, "TotalCount": 2}),
        ("page-2.json", {"Instances": {"Instance": [again, second]}, "TotalCount": 2}),
    )
    assert problems == [] and text is not None
    assert [instance["ref"] for instance in loaded(text)["instance"]] == ["i-example0001", "i-example0002"]
    assert "from page-1.json, page-2.json\n" in text
    assert "InstanceId in page-1.json\n" in text and "InstanceId in page-2.json\n" in text
    assert "missing" not in text


def test_many_files_are_counted_not_all_named() -> None:
    text, _ = run(*((f"{number}.json", INSTANCE) for number in range(30)))
    assert text is not None and "9.json and 20 more\n" in text


def test_the_same_instance_with_other_facts_is_refused_in_both_places() -> None:
    text, problems = run(("a.json", INSTANCE), ("b.json", [{**INSTANCE, "ExpiredTime": ""}]))
    assert text is None
    assert [str(problem) for problem in problems] == [
        "b.json:1:2: I005 instance `i-example0001` comes twice with different facts: "
        "`subscription_end` is not stated here and `2023-07-10` there\n"
        "  help: leave out the older answer\n"
        "  note: instance `i-example0001` comes first at a.json:1:1"
    ]


def test_all_that_is_wrong_in_all_files_is_told_at_once() -> None:
    text, problems = run(
        ("z.json", b"["),
        ("a.json", {"Code": "Throttling", "Message": "slow down"}),
        ("m.json", [{**INSTANCE, "RegionId": 1, "CreationTime": "then", "InternetMaxBandwidthOut": "x"}]),
        ("good.json", INSTANCE),
    )
    assert text is None
    assert [(problem.span.file, problem.code) for problem in problems if problem.span] == [
        ("z.json", "I002"),
        ("a.json", "I003"),
        ("m.json", "I004"),
        ("m.json", "I004"),
        ("m.json", "I004"),
    ]


def test_a_mistake_is_shown_where_it_stands() -> None:
    content = (
        b'{"Instances": {"Instance": [\n'
        b'  {"InstanceId": "i-1", "InstanceNetworkType": "vpc", "Tags": {"RegionId": [[], {}, "x,{"]}},\n'
        b'  {"InstanceId": "i-2", "InstanceNetworkType": "vpc", "RegionId": "first",\n    "RegionId":\n   \t5}]}}\n'
    )
    _, problems = run(("a.json", content))
    assert [problem.span for problem in problems] == [Span("a.json", 5, 5)]


def test_a_byte_order_mark_is_no_mistake() -> None:
    text, problems = run(("a.json", b"\xef\xbb\xbf" + json.dumps(INSTANCE).encode()))
    assert problems == [] and text is not None


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_that_is_not_utf8_is_shown_where_it_stands(mark: bytes) -> None:
    _, problems = run(("a.json", mark + '{\n"测试": "'.encode() + b"\xff"))
    assert [str(problem).splitlines()[0] for problem in problems] == ["a.json:2:8: I002 this is not UTF-8: byte 0xff"]


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 200_000])
def test_what_is_nested_beyond_reading_is_refused(content: bytes) -> None:
    text, problems = run(("a.json", content))
    assert text is None and [problem.code for problem in problems] == ["I002"]


@pytest.mark.parametrize("number", ["1" * 10_000, "1e99999999999999999999", "-1.5e-99999999999999999999"])
def test_numbers_beyond_reading_harm_only_who_reads_them(number: str) -> None:
    text, problems = run(("a.json", json.dumps({**INSTANCE, "Memory": 0}).replace(" 0}", f" {number}}}").encode()))
    assert problems == [] and text is not None
    content = json.dumps({**INSTANCE, "InternetMaxBandwidthOut": 0}).replace(" 0}", f" {number}}}").encode()
    text, problems = run(("a.json", content))
    assert text is None and [problem.code for problem in problems] == ["I004"]
    assert len(problems[0].message) < 250


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_number_is_refused(number: str) -> None:
    _, problems = run(("a.json", f'{{"a": "{number}",\n "b": [{number}]}}'.encode()))
    assert [str(problem).splitlines()[0] for problem in problems] == [f"a.json:2:8: I002 `{number}` is not JSON"]


@pytest.mark.parametrize(
    ("changes", "stated"),
    [
        ({}, {"billing": "subscription", "public_bandwidth_purchased": "yes"}),
        ({"InternetMaxBandwidthOut": 0, "EipAddress": {}}, {"public_bandwidth_purchased": "no"}),
        ({"InternetMaxBandwidthOut": 0}, {"public_bandwidth_purchased": None}),
        ({"InternetMaxBandwidthOut": "-1"}, {"public_bandwidth_purchased": None}),
        ({"InstanceChargeType": ...}, {"billing": None, "created": date(2023, 1, 10), "subscription_end": None}),
        ({"InstanceChargeType": "PostPaid", "ExpiredTime": "never"}, {"billing": "pay_as_you_go"}),
        ({"ExpiredTime": "2023-07-10T15:59Z"}, {"subscription_end": date(2023, 7, 10)}),
        ({"ExpiredTime": "2023-07-10T16:00Z"}, {"subscription_end": date(2023, 7, 10)}),
        ({"ExpiredTime": "2023-07-10T16:00:00.5Z"}, {"subscription_end": date(2023, 7, 11)}),
        ({"ExpiredTime": "2073-01-10T03:20Z"}, {"subscription_end": date(2073, 1, 10)}),
        ({"ExpiredTime": "2073-01-10T16:00Z"}, {"subscription_end": None, "created": date(2023, 1, 10)}),
        ({"CreationTime": "0001-01-01T00:00Z"}, {"created": None, "subscription_end": date(2023, 7, 10)}),
        ({"StartTime": "2023-02-01T00:00Z", "CreationTime": ...}, {"created": None, "subscription_start": None}),
        ({"CreationTime": "2023-01-10T03:20Z"}, {"created": date(2023, 1, 10), "subscription_start": None}),
        ({"RegionId": None, "ZoneId": "cn-hangzhou-h"}, {"region": None}),
    ],
)
def test_nothing_is_guessed(changes: dict[str, Any], stated: dict[str, Any]) -> None:
    instance = instance_of(**changes)
    assert {name: instance.get(name) for name in stated} == stated


@pytest.mark.parametrize(
    ("value", "read"),
    [(True, True), (False, False), ("True", True), ("False", False), ("true", True), ("FALSE", False)],
)
def test_a_yes_no_may_come_as_a_text(value: Any, read: bool) -> None:
    assert converters.yes_no(value) == Stated(read)


@pytest.mark.parametrize("value", [0, 1, "yes", "1", "", None, [], {}])
def test_a_yes_no_is_nothing_else(value: Any) -> None:
    assert isinstance(converters.yes_no(value), Unreadable)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, Stated(False)), ("07", Stated(True)), (100, Stated(True)), (-1, Unclear), ("-1", Unclear)]
    + [(value, Unreadable) for value in (True, None, "", " 5", "+5", "5 Mbit/s", "1e3", "٣", [], {}, "1" * 16)],
)
def test_an_amount_is_a_whole_number(value: Any, expected: Any) -> None:
    result = converters.more_than_zero(value)
    assert result == expected if isinstance(expected, Stated) else isinstance(result, expected)


@given(
    moment=st.datetimes(),
    form=st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]),
    zone=st.sampled_from(["Z", "+0000", "+08:00", "-23:59"]),
)
def test_every_time_of_the_calendar_is_read(moment: datetime, form: str, zone: str) -> None:
    result = DAY_IN_CHINA(moment.isoformat(timespec=form) + zone)
    assert isinstance(result, Stated) and isinstance(result.value, date)
    assert abs((result.value - moment.date()).days) <= 2


@given(moment=st.datetimes(min_value=datetime(1992, 1, 1), max_value=datetime(2098, 12, 31)))
def test_the_day_is_that_of_eight_hours_later(moment: datetime) -> None:
    day = (moment + timedelta(hours=8)).date()
    milliseconds = (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
    for value in (moment.isoformat(timespec="seconds") + "Z", milliseconds):
        result = DAY_IN_CHINA(value)
        assert isinstance(result, Stated) and result.value == day


@pytest.mark.parametrize(
    ("members", "key", "found"),
    [
        ({"A": {"B": 1}}, "A.B", Found(("A", "B"), 1)),
        ({"A": {}}, "A.B", Found(("A", "B"), None, there=False)),
        ({}, "A.B", Found(("A",), None, there=False)),
        ({"A": 5}, "A.B", Found(("A",), 5, astray=True)),
        ({"A": [{"B": 1}]}, "A.B", Found(("A",), [{"B": 1}], astray=True)),
        ({"A": None}, "A.B", Found(("A",), None)),
    ],
)
def test_a_key_is_found_or_where_the_way_to_it_ends(members: Any, key: str, found: Found) -> None:
    assert Record((), members, None).find(key) == found


@given(value=st.one_of(st.integers(), st.text(), st.booleans(), st.none(), st.floats()))
def test_no_value_breaks_a_converter(value: Any) -> None:
    for convert in (DAY_IN_CHINA, converters.more_than_zero, converters.yes_no, converters.text):
        assert isinstance(convert(value), (Stated, Unclear, Unreadable))


@given(ref=st.text(min_size=1), name=st.text(), region=st.text(), address=st.text())
def test_no_text_gets_out_of_its_place(ref: str, name: str, region: str, address: str) -> None:
    eip = {"IpAddress": address}
    members = {**INSTANCE, "InstanceId": ref, "InstanceName": name, "RegionId": region, "InternetMaxBandwidthOut": 0}
    text, problems = run(("a.json", {**members, "EipAddress": eip}))
    if text is None:
        assert {problem.code for problem in problems} == {"I004"}
        assert not ref.strip() or not ref.isprintable() or not region.isprintable()
        return
    instance = loaded(text)["instance"][0]
    assert instance["ref"] == ref and instance.get("region", "") == (region if region.strip() else "")
    assert instance.keys() - {"region", "public_bandwidth_purchased"} == {
        "ref",
        "service_type",
        "billing",
        "created",
        "subscription_end",
    }
    assert all(len(line) < 320 + 2 * len(ref + region) for line in text.splitlines())


@given(text=st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(str.isprintable))
def test_a_text_stays_a_text_for_every_reader(text: str) -> None:
    written = case_text((), "x", {"thing": [[Entry("ref", "x", "c"), Entry("field", text, "# c")]]})
    for version in ("1.1", "1.2"):
        yaml = YAML(typ="safe", pure=True)
        yaml.version = version
        assert yaml.load(written)["thing"][0]["field"] == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "y",
            "N",
            "yes",
            "NO",
            "on",
            "Off",
            "true",
            "null",
            "~",
            "1",
            "1.5",
            "1e3",
            "0x1",
            "0o7",
            "012",
            "1_0",
            "1:30",
        ),
        *(
            ".inf",
            ".NaN",
            "=",
            "<<",
            "2023-01-01",
            "a: b",
            "a #b",
            "-",
            "?",
            "!x",
            "&x",
            "*x",
            "%x",
            "@x",
            "`x",
            "[",
            "{",
        ),
    ],
)
def test_a_text_that_is_a_word_of_yaml_is_quoted(text: str) -> None:
    written = case_text((), "x", {"thing": [[Entry("ref", text, "c")]]})
    assert f"- ref: '{text}'" in written
