"""Importer `terraform`: instances and domains of Alibaba Cloud in a state, from `terraform show -json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rulewright.diagnostics import Diagnostic
from rulewright.vendors.alibaba_cloud.subscriptions import (
    NO_LOCKS,
    NO_START,
    charge_type,
    payment_type,
    state,
    subscription,
)
from rulewright.vendors.alibaba_cloud.vocabulary import CLOUD_SERVICE, INSTANCE, VOCABULARY
from rulewright.vendors.answer_files import VendorAnswer
from rulewright.vendors.converters import choice, domain, more_than_zero, never_clear, settles_only, text
from rulewright.vendors.display import Json, Path, shown
from rulewright.vendors.record_search import refused
from rulewright.vendors.tables import Always, Finding, Importer, Record, Row, Table

_SHOW = "terraform show -json"
_CAUTION = "the state is what Terraform saw last; `terraform apply -refresh-only` brings it up to date"
_MOST_NAMED = 10


def _instances(type_: str, service_type: str, rows: tuple[Row | Always, ...], never: tuple[str, ...]) -> Table:
    return Table(
        answer=f"{_SHOW} ({type_})",
        kind=INSTANCE,
        ref="id",
        label="instance_name",
        rows=(Always("service_type", service_type, f"a resource of type {type_}"), *rows),
        never=("account", *never, "service_numbers_used", *NO_LOCKS),
        caution=_CAUTION,
    )


def _domains(type_: str, product: str, key: str, rows: tuple[Row | Always, ...], never: tuple[str, ...]) -> Table:
    return Table(
        answer=f"{_SHOW} ({type_})",
        kind=CLOUD_SERVICE,
        ref=key,
        identify=domain,
        prefix=f"{product}-",
        rows=(
            Always("product", product, f"a resource of type {type_}"),
            Row("domain", key, domain),
            *rows,
        ),
        never=(*never, "has_icp_number"),
        caution=_CAUTION,
    )


_TIMES = ("created", *NO_START, "subscription_end")
_TABLES: Mapping[str, Table] = {
    "alicloud_instance": _instances(
        "alicloud_instance",
        "ecs",
        (
            Row("region", "availability_zone", never_clear("is a zone, and its region is not said")),
            charge_type("instance_charge_type"),
            # only newer versions of the provider have the times
            *subscription("create_time", "expired_time"),
            Row(
                "public_bandwidth_purchased",
                "internet_max_bandwidth_out",
                more_than_zero,
                doubts=(
                    settles_only(
                        True,
                        "does not say whether there is an elastic IP address, and the source document does not say "
                        "whether one counts",
                    ),
                ),
            ),
            state("status", {"Running": "running", "Stopped": "stopped"}),
        ),
        NO_START,
    ),
    "alicloud_simple_application_server_instance": _instances(
        "alicloud_simple_application_server_instance",
        "simple_application_server",
        (
            payment_type("payment_type"),
            Always("server_instance_purchased", True, "inferred: the resource is a server instance"),
        ),
        ("region", *_TIMES),
    ),
    "alicloud_ens_instance": _instances(
        "alicloud_ens_instance",
        "ens",
        (Row("region", "ens_region_id", text), payment_type("payment_type")),
        ("in_mainland", *_TIMES),
    ),
    "alicloud_oss_bucket_cname": _domains(
        "alicloud_oss_bucket_cname",
        "oss",
        "domain",
        (
            Row(
                "custom_domain",
                "status",
                choice({"Enabled": True}, otherwise="does not say that the mapping is in use"),
            ),
        ),
        (),
    ),
    # the scope says where a domain is accelerated, not where its website is hosted
    "alicloud_cdn_domain_new": _domains("alicloud_cdn_domain_new", "cdn", "domain_name", (), ("origin_in_mainland",)),
}


def _find(answer: VendorAnswer) -> Finding | Diagnostic:
    state = answer.value
    if not isinstance(state, dict) or "format_version" not in state:
        return refused(_SHOW, answer, (), state, "an object with `format_version` and `values`")
    if "planned_values" in state:
        help_ = "show the state instead: leave out the name of the plan"
        return refused(_SHOW, answer, (), state, "a state, not a plan", help_)
    values = state.get("values")
    if values is None:
        return Finding((), (), ("the state has no values, as nothing is deployed",))
    if not isinstance(values, dict) or "root_module" not in values:
        return refused(_SHOW, answer, ("values",), values, "an object with `root_module`")
    records: list[tuple[Table, Record]] = []
    left_out: dict[str, list[str]] = {}
    for path, resource in _resources(answer, values["root_module"], ("values", "root_module")):
        if isinstance(resource, Diagnostic):
            return resource
        found = _record(path, resource)
        if isinstance(found, str):
            left_out.setdefault(found, []).append(_address(resource))
        else:
            records.append(found)
    tables = {table.answer: table for table, _ in records}
    notes = [_note(why, left_out[why]) for why in sorted(left_out)]
    return Finding(tuple(tables.values()), records, notes if records or notes else ["the state has no resources"])


def _resources(answer: VendorAnswer, module: Json, path: Path) -> Iterator[tuple[Path, dict[str, Json] | Diagnostic]]:
    """Yield the resources of a module and of all its child modules, each with its path.

    Stop after the diagnostic of the first malformed part.
    """
    modules: list[tuple[Path, Json]] = [(path, module)]
    while modules:
        path, module = modules.pop(0)
        if not isinstance(module, dict):
            yield path, refused(_SHOW, answer, path, module, "a module")
            return
        for key in ("resources", "child_modules"):
            members = module.get(key, [])
            if not isinstance(members, list):
                yield path, refused(_SHOW, answer, (*path, key), members, "a list")
                return
            for number, member in enumerate(members):
                place: Path = (*path, key, number)
                if key == "child_modules":
                    modules.append((place, member))
                elif isinstance(member, dict):
                    yield place, member
                else:
                    yield place, refused(_SHOW, answer, place, member, "a resource")
                    return


def _record(path: Path, resource: dict[str, Json]) -> tuple[Table, Record] | str:
    """Return the record of a resource with its table, or why the resource is left out."""
    type_, values = resource.get("type"), resource.get("values")
    if resource.get("mode") == "data":
        return "data sources"
    table = _TABLES.get(type_) if isinstance(type_, str) else None
    if table is None:
        return "resources of other types"
    if not isinstance(values, dict) or not values:
        return "resources without values"
    return table, Record((*path, "values"), values)


def _address(resource: dict[str, Json]) -> str:
    address = resource.get("address")
    return shown(address) if isinstance(address, str) else "one without an address"


def _note(why: str, addresses: list[str]) -> str:
    more = len(addresses) - _MOST_NAMED
    named = ", ".join(addresses[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{why} are left out: {named}"


TERRAFORM = Importer(
    "terraform",
    "instances and domains of Alibaba Cloud in a Terraform state: the output of `terraform show -json`",
    tuple(_TABLES.values()),
    find=_find,
    vocabulary=VOCABULARY,
)
