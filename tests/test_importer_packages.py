"""Importers of other packages: found by entry points, loaded when named, and harmless when broken."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rulewright
from commands import AT_FAULT, FINE, rw, write
from packages import install
from rulewright.vendors.entry_points import GROUP, SHIPPED
from rulewright.vendors.registry import find_importers
from rulewright.vendors.tables import Importer

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "engine" / "rulewright"
INSTANCES = (
    '{"Instances": {"Instance": [{"InstanceId": "i-1", "RegionId": "cn-hangzhou", "InstanceChargeType": "PostPaid"}]}}'
)
MODULE = """\
from rulewright.vendors.converters import text
from rulewright.vendors.tables import Importer, Kind, Row, Shape, Table

BUCKET = Kind("bucket", ("region", "owner"), "a bucket", "buckets", caution="bucket: as of yesterday")
TABLE = Table(
    answer="Store ListBuckets",
    expected="an object with `Buckets`",
    kind=BUCKET,
    shapes=(Shape(("Buckets", "*"), sure=True),),
    ref="Name",
    rows=(Row("region", "Region", text),),
    never=("owner",),
)
STORE = Importer("store", "buckets of Store (JSON)", (TABLE,))
NO_IMPORTER = {"name": "store"}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the path; the current folder has an answer for the shipped importer and one for the other."""
    site = tmp_path / "site"
    site.mkdir()
    before = set(sys.modules)
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "instances.json", INSTANCES)
    write(tmp_path / "buckets.json", '{"Buckets": [{"Name": "b-1", "Region": "north"}]}')
    yield site
    for name in set(sys.modules) - before:
        if not name.startswith("rulewright"):
            del sys.modules[name]


def add(site: Path, package: str, entries: dict[str, str], module: str = MODULE, name: str = "") -> None:
    """Install a package with one module and some importers."""
    write(site / f"{name or package.replace('-', '_')}.py", module)
    install(site, package, "1.0", {GROUP: entries})


def shipped_importer_works() -> None:
    ran = rw("import", "aliyun-ecs", "instances.json")
    assert (ran.status, ran.err) == (FINE, "")
    assert "  - ref: i-1 " in ran.out


def test_an_importer_of_a_package_is_found(site: Path) -> None:
    add(site, "store-importer", {"store": "store_importer:STORE"})
    ran = rw("import", "store", "buckets.json")
    assert (ran.status, ran.err) == (FINE, "")
    assert ran.out == (
        "# made by `rulewright import store` from buckets.json\n# bucket: as of yesterday\ncase: buckets\nbucket:\n"
        "  - ref: b-1       # Name\n    region: north  # Region\n"
        "    # owner: an answer of Store ListBuckets never says this\n"
    )


def test_importers_of_several_packages_make_one_case(site: Path) -> None:
    add(site, "store-importer", {"store": "store_importer:STORE"})
    ran = rw("import", "store", "buckets.json", "aliyun-ecs", "instances.json")
    assert (ran.status, ran.err) == (FINE, "")
    assert ran.out.index("\nbucket:\n") < ran.out.index("\ninstance:\n")
    assert "from buckets.json (store), instances.json (aliyun-ecs)" in ran.out


def test_kinds_of_one_name_of_several_packages_have_the_fields_of_all(site: Path) -> None:
    module = MODULE.replace('"bucket", ("region", "owner")', '"instance", ("tier", "region", "owner")')
    module = module.replace(
        'Row("region", "Region", text),', 'Row("tier", "Tier", text), Row("region", "Region", text)'
    )
    add(site, "store-importer", {"store": "store_importer:STORE"}, module)
    write(Path("buckets.json"), '{"Buckets": [{"Name": "i-1", "Tier": "gold", "Region": "cn-hangzhou"}]}')
    ran = rw("import", "aliyun-ecs", "instances.json", "store", "buckets.json")
    assert (ran.status, ran.err) == (FINE, "")
    assert ran.out.count("- ref: i-1 ") == 1
    assert "    tier: gold " in ran.out and "    billing: pay_as_you_go " in ran.out
    write(Path("buckets.json"), '{"Buckets": [{"Name": "i-1", "Region": "north"}]}')
    assert rw("import", "aliyun-ecs", "instances.json", "store", "buckets.json").codes == ["I005"]


BROKEN = {
    "no such module": ("no_such_module:STORE", MODULE, "ModuleNotFoundError: No module named 'no_such_module'"),
    "no such object": ("broken:SHOP", MODULE, "AttributeError: module 'broken' has no attribute 'SHOP'"),
    "the module is no Python": ("broken:STORE", "def", "SyntaxError: invalid syntax (broken.py, line 1)"),
    "the module fails": ("broken:STORE", "raise RuntimeError('first\\nsecond')", "RuntimeError: first"),
    "the module ends the process": ("broken:STORE", "raise SystemExit(1)", "SystemExit: 1"),
    "an error without words": ("broken:STORE", "raise KeyError", "KeyError"),
    "an error that a terminal would obey": ("broken:STORE", "raise OSError('\\x1b[2J')", "OSError: \\x1b[2J"),
    "another object": ("broken:NO_IMPORTER", MODULE, "broken:NO_IMPORTER is of the type dict, not Importer"),
    "another name": ("broken:STORE", MODULE.replace('Importer("store"', 'Importer("shop"'), "its own name is shop"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_importer_is_a_diagnostic_and_costs_nothing_else(site: Path, case: str) -> None:
    value, module, reason = BROKEN[case]
    add(site, "broken", {"store": value}, module)
    ran = rw("import", "store", "buckets.json")
    assert (ran.status, ran.out) == (AT_FAULT, "")
    assert ran.err == (
        f"I007 the importer `store` of the package `broken` cannot be loaded: {reason}\n"
        "  help: update or remove the package, or report this to its author\n"
    )
    shipped_importer_works()
    ran = rw("import", "store", "buckets.json", "aliyun-ecs", "instances.json")
    assert (ran.status, ran.codes, ran.out) == (AT_FAULT, ["I007"], "")


@pytest.mark.parametrize("value", ["", "a b c", ":::", "broken"])
def test_an_entry_point_that_names_no_object(site: Path, value: str) -> None:
    add(site, "broken", {"store": value})
    ran = rw("import", "store", "buckets.json")
    assert (ran.status, ran.codes, ran.out) == (AT_FAULT, ["I007"], "")
    shipped_importer_works()


def test_a_broken_importer_is_not_loaded_unless_it_is_named(site: Path, tmp_path: Path) -> None:
    mark = tmp_path / "loaded"
    add(site, "broken", {"store": "broken:STORE"}, f"open({str(mark)!r}, 'w').close()\nraise RuntimeError")
    shipped_importer_works()
    assert "did you mean `store`?" in rw("import", "stor", "buckets.json").err
    assert not mark.exists()
    rw("import", "store", "buckets.json")
    assert mark.exists()


@pytest.mark.parametrize("text", ["[rulewright.importers]\nno separator here\n", "rulewright.importers\n= =\n[[[\n"])
def test_entry_points_that_cannot_be_read_cost_no_other_package(site: Path, text: str) -> None:
    write(install(site, "damaged", "1.0", {}), text)
    add(site, "store-importer", {"store": "store_importer:STORE"})
    shipped_importer_works()
    assert rw("import", "store", "buckets.json").status == FINE
    ran = rw("import", "shop", "buckets.json")
    assert ran.status == AT_FAULT
    assert ran.codes[0] == "I001"


def test_unreadable_entry_points_are_named_with_an_unknown_importer(site: Path) -> None:
    write(install(site, "damaged", "1.0", {}), "[rulewright.importers]\nno separator here\n")
    ran = rw("import", "stoore", "buckets.json")
    assert (ran.status, ran.codes) == (AT_FAULT, ["I001", "I007"])
    assert "I007 the entry points of the package `damaged` cannot be read\n" in ran.err


def test_two_packages_with_importers_of_one_name(site: Path) -> None:
    add(site, "one", {"store": "one:STORE"})
    add(site, "two", {"store": "two:STORE", "shop": "two:SHOP"}, MODULE + 'SHOP = Importer("shop", "x", (TABLE,))\n')
    ran = rw("import", "store", "buckets.json")
    assert (ran.status, ran.out) == (AT_FAULT, "")
    named = ran.err.partition("several packages have an importer `store`: ")[2].partition("\n")[0]
    assert sorted(named.split(", ")) == ["`one` (one:STORE)", "`two` (two:STORE)"]
    assert ran.codes == ["I008"]
    assert rw("import", "shop", "buckets.json").status == FINE
    shipped_importer_works()


def test_a_package_cannot_replace_a_shipped_importer(site: Path) -> None:
    add(site, "store-importer", {"terraform": "store_importer:STORE"})
    ran = rw("import", "terraform", "buckets.json")
    assert (ran.status, ran.codes, ran.out) == (AT_FAULT, ["I008"], "")
    assert "`rulewright` (rulewright.vendors.alibaba_cloud.terraform:TERRAFORM), `store-importer`" in ran.err
    shipped_importer_works()


def test_a_package_that_is_on_the_path_twice_counts_once(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (site, tmp_path / "older"):
        add(folder, "store-importer", {"store": "store_importer:STORE"})
    monkeypatch.syspath_prepend(tmp_path / "older")
    assert rw("import", "store", "buckets.json").status == FINE


def test_an_installed_rulewright_adds_nothing_to_the_shipped_importers(site: Path) -> None:
    install(site, "Rulewright", "0.0.1", {GROUP: {**SHIPPED, "gone": "rulewright.gone:GONE"}})
    assert set(find_importers().names) == set(SHIPPED)
    shipped_importer_works()


def test_a_package_without_metadata_is_named_as_unknown(site: Path) -> None:
    entry_points = install(site, "store", "1.0", {GROUP: {"store": "no_such_module:STORE"}})
    (entry_points.parent / "METADATA").unlink()
    ran = rw("import", "store", "buckets.json")
    assert (ran.status, ran.codes) == (AT_FAULT, ["I007"])
    shipped_importer_works()


def test_the_library_has_the_importers_of_packages(site: Path) -> None:
    add(site, "store-importer", {"store": "store_importer:STORE"})
    add(site, "broken", {"shop": "no_such_module:SHOP"})
    assert set(rulewright.importers) == {*SHIPPED, "store", "shop"}
    assert len(rulewright.importers) == len(SHIPPED) + 2
    assert rulewright.importers["store"].description == "buckets of Store (JSON)"
    assert rulewright.importers["store"].to_yaml("buckets.json").endswith("never says this\n")
    assert rulewright.importers["store"].read("buckets.json").name == "buckets"


def test_a_broken_importer_costs_the_library_no_other(site: Path) -> None:
    add(site, "broken", {"shop": "no_such_module:SHOP"})
    assert [one.name for one in rulewright.importers.values()] == list(rulewright.importers)
    for use in (lambda one: one.description, lambda one: one.read("buckets.json")):
        with pytest.raises(rulewright.InputError) as caught:
            use(rulewright.importers["shop"])
        assert [one.code for one in caught.value.diagnostics] == ["I007"]
    with pytest.raises(KeyError):
        rulewright.importers["store"]
    assert "i-1" in rulewright.importers["aliyun-ecs"].to_yaml("instances.json")


def test_the_shipped_importers_are_the_entry_points_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"][GROUP] == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_importer_is_loaded_by_its_name(name: str) -> None:
    importer = find_importers().load(name)
    assert isinstance(importer, Importer)
    assert importer.name == name


#: Words of vendors and of the vocabulary of shipped rulebooks.
FOREIGN = re.compile(
    r"alibaba|aliyun|tencent|huawei|terraform|\bicp\b|\binstances?\b|cloud_service|access_change|service_type|mainland"
)
OWN_MODULES = [path for path in sorted(ENGINE.rglob("*.py")) if "vendors" not in path.parts]


@pytest.mark.parametrize("module", OWN_MODULES, ids=lambda path: str(path.relative_to(ENGINE)))
def test_the_engine_names_no_vendor(module: Path) -> None:
    assert FOREIGN.findall(module.read_text(encoding="utf-8").lower()) == []
