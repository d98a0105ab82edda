"""CLIPS: rules that assert violations, from which further rules derive the verdict; a thousand cases in one run."""

from __future__ import annotations

from collections.abc import Iterator

import clips

from benchmarks.peers.case_by_case import Answer, Case, Judge, by_batch
from benchmarks.workload.flat import RULES, WARNINGS

_HOSTS = "ecs|cloud_web_hosting|simple_application_server|ens"
_TEMPLATES = (
    """(deftemplate instance (slot id) (slot service_type (type SYMBOL)) (slot region (type SYMBOL))
        (slot charge_type (type SYMBOL)) (slot subscription_months (type INTEGER))
        (slot has_bandwidth_plan (type SYMBOL)) (slot server_instance_purchased (type SYMBOL))
        (slot order_amount (type NUMBER)) (slot edition (type SYMBOL)) (slot used_service_numbers (type INTEGER))
        (slot days_to_expiry (type INTEGER)))""",
    "(deftemplate violation (slot id) (slot rule))",
    "(deftemplate warning (slot id) (slot rule))",
    "(deftemplate eligible (slot id))",
    "(deftemplate verdict (slot id) (slot value))",
)
_CONDITIONS = (
    (
        "mainland-region",
        f"(service_type {_HOSTS}|iot_studio) (region ~cn-hangzhou&~cn-beijing&~cn-shanghai&~cn-shenzhen)",
    ),
    ("months-enough", f"(service_type {_HOSTS}|linkedmall) (subscription_months ?n&:(< ?n 3))"),
    ("bandwidth-bought", "(service_type ecs) (has_bandwidth_plan FALSE)"),
    ("prepaid", "(service_type ecs) (charge_type PostPaid)"),
    ("server-bought", "(service_type simple_application_server) (server_instance_purchased FALSE)"),
    ("order-enough", "(service_type linkedmall|iot_studio) (order_amount ?n&:(< ?n 100))"),
    ("higher-edition", "(service_type iot_studio) (edition ~Enterprise&~Ultimate)"),
    ("number-left", f"(service_type {_HOSTS}) (used_service_numbers ?n&:(>= ?n 5))"),
    ("number-left", "(service_type linkedmall) (used_service_numbers ?n&:(>= ?n 2))"),
    ("number-left", "(service_type iot_studio) (used_service_numbers ?n&:(>= ?n 1))"),
    ("expiry-far", "(days_to_expiry ?n&:(< ?n 30))"),
    ("not-expired", "(days_to_expiry ?n&:(< ?n 0))"),
)
_DERIVED = (
    "(defrule is-eligible (declare (salience -10)) (instance (id ?id)) (not (violation (id ?id)))"
    " => (assert (eligible (id ?id))))",
    "(defrule at-risk (declare (salience -20)) (eligible (id ?id)) (exists (warning (id ?id)))"
    " => (assert (verdict (id ?id) (value at_risk))))",
    "(defrule ready (declare (salience -20)) (eligible (id ?id)) (not (warning (id ?id)))"
    " => (assert (verdict (id ?id) (value ready))))",
    "(defrule not-ready (declare (salience -20)) (instance (id ?id)) (exists (violation (id ?id)))"
    " => (assert (verdict (id ?id) (value not_ready))))",
)
_SYMBOLS = ("service_type", "region", "charge_type", "edition")
_YES_NO = ("has_bandwidth_plan", "server_instance_purchased")
_PLACES = {rule: place for place, rule in enumerate(RULES)}


def prepare() -> Judge:
    """What judges a file."""
    environment = clips.Environment()
    for template in _TEMPLATES:
        environment.build(template)
    for number, (rule, condition) in enumerate(_CONDITIONS):
        fact = "warning" if rule in WARNINGS else "violation"
        environment.build(
            f"(defrule rule-{number} (instance (id ?id) {condition}) => (assert ({fact} (id ?id) (rule {rule}))))"
        )
    for derived in _DERIVED:
        environment.build(derived)

    def judge(cases: list[Case]) -> Iterator[Answer]:
        environment.reset()
        instance = environment.find_template("instance")
        for case in cases:
            instance.assert_fact(**_slots(case))
        environment.run()
        violated: dict[str, list[str]] = {case["id"]: [] for case in cases}
        for name in ("violation", "warning"):
            for fact in environment.find_template(name).facts():
                violated[fact["id"]].append(str(fact["rule"]))
        verdicts = {fact["id"]: str(fact["value"]) for fact in environment.find_template("verdict").facts()}
        for case in cases:
            yield sorted(violated[case["id"]], key=_PLACES.__getitem__), verdicts[case["id"]]

    return by_batch(judge)


def _slots(case: Case) -> dict[str, object]:
    return {
        **case,
        **{name: clips.Symbol(case[name]) for name in _SYMBOLS if name in case},
        **{name: clips.Symbol("TRUE" if case[name] else "FALSE") for name in _YES_NO if name in case},
    }
