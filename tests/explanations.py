"""Explanations made by hand: what the writers of reports are tested with."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

from rulewright import (
    Diagnostic,
    Gap,
    MissingFact,
    Outcome,
    RulebookIdentity,
    RuleSeverity,
    SourcePlace,
    Span,
    Truth,
    Verdict,
)
from rulewright.model.explanation import ExplainedSubject, ExplainedTest, Explanation, Finding, StatedFact
from rulewright.model.run import Counts, Run, RunInput
from rulewright.model.values import Absent

ENGINE = "rulewright 0.1.0"
ADDRESS = "https://www.alibabacloud.com/help/en/icp-filing/user-guide/prepare-and-check-the-instance"
DIGEST = "sha256:4f1c2a9b77d0e3c58a61f0b9d2e4c7a8135b6d9f0e2a4c6b8d1f3e5a7c9b0d2f"

RULEBOOK = RulebookIdentity(
    name="alibaba-cloud-icp-filing",
    title="ICP filing with Alibaba Cloud",
    edition=date(2023, 9, 28),
    digest=DIGEST,
    complete=True,
)


RUN = Run(
    datetime(2026, 6, 1, 8, 30, tzinfo=timezone.utc),
    datetime(2026, 6, 1, 8, 30, 2, tzinfo=timezone.utc),
    "0.1.0",
    ("check", "shop.yaml", "--format", "html"),
    (RunInput("shop.yaml", 1234, "5e" * 32),),
    Counts(read=1, evaluated=1, cases=1),
)
#: A run of which some rows were rejected or skipped, and an input could not be read to its end.
INCOMPLETE = Run(
    RUN.started,
    RUN.ended,
    RUN.version,
    RUN.arguments,
    (*RUN.inputs, RunInput("broken.jsonl.gz", None, None)),
    Counts(read=9, evaluated=1, rejected=5, skipped={"blank lines": 3}, unread=1, cases=1),
    (
        Diagnostic(
            "F003", '`days`: the text "3" is not a whole number', Span("shop.yaml", 2, 22), "Remove the quotes."
        ),
        Diagnostic("F002", "unknown field `<b>`", Span("shop.yaml", 3, 1)),
        Diagnostic("S001", "the file cannot be read on", Span("broken.jsonl.gz", 4, 1), "check the file"),
    ),
    more_rejects=4,
)


def source(section: str | None, url: str | None = ADDRESS) -> SourcePlace:
    return SourcePlace(
        document="access-check",
        title="ICP Filing: Prepare and check the instance and access information",
        section=section,
        publisher="Alibaba Cloud",
        updated=date(2023, 9, 28),
        url=url,
    )


def at(line: int, column: int, file: str = "shop.yaml") -> Span:
    return Span(file, line, column)


def not_ready() -> Explanation:
    """An instance with a requirement of every outcome, and a filing that rests on it."""
    return Explanation(
        case="shop-launch",
        verdict=Verdict.NOT_READY,
        as_of=date(2023, 10, 15),
        rulebook=RULEBOOK,
        engine=ENGINE,
        subjects=(
            ExplainedSubject(
                kind="instance",
                kind_label="Instance",
                ref="web-1",
                verdict=Verdict.NOT_READY,
                facts=(
                    StatedFact("service_type", "Service type", "ecs", "Elastic Compute Service", at(4, 19), False),
                    StatedFact("billing", "Billing method", "pay_as_you_go", "pay-as-you-go", at(5, 14), False),
                    StatedFact(
                        "subscription_start",
                        "Start of the subscription",
                        date(2023, 9, 1),
                        "1 September 2023",
                        at(6, 25),
                        False,
                    ),
                    StatedFact(
                        "subscription_end",
                        "End of the subscription",
                        date(2023, 11, 1),
                        "1 November 2023",
                        at(7, 23),
                        False,
                    ),
                    StatedFact("subscription_months", "Subscription", 2, "2 months", None, True),
                    StatedFact("minimum_months", "Shortest subscription", 3, "3 months", None, True),
                    StatedFact("order_amount", "Order amount", Decimal("120.50"), "CNY 120.50", at(8, 19), False),
                    StatedFact("minimum_order_cny", "Smallest order", Absent.NONE, "none", None, True),
                ),
                derived={
                    "subscription_months": 2,
                    "minimum_months": 3,
                    "minimum_order_cny": Absent.NONE,
                    "service_numbers_left": Absent.UNKNOWN,
                    "order_share": Decimal("0.125"),
                },
            ),
            ExplainedSubject(
                kind="filing",
                kind_label="Filing",
                ref="shop",
                verdict=Verdict.NOT_READY,
                facts=(
                    StatedFact("instance", "Instance", "web-1", "web-1", at(11, 13), False),
                    StatedFact("account", "Account of the filing", "acme-cn", "acme-cn", at(12, 12), False),
                    StatedFact("app", "For an app", False, "no", at(13, 8), False),
                ),
                derived={},
            ),
        ),
        findings=(
            Finding(
                rule="region-in-mainland",
                title="The instance is in a region of the Chinese mainland",
                kind="instance",
                ref="web-1",
                outcome=Outcome.UNKNOWN,
                severity=RuleSeverity.BLOCKING,
                message="Nobody has said where web-1 is deployed.",
                remedy="Move the service to an instance in the Chinese mainland.",
                source=source("Check the access information, Instance region"),
                tests=(
                    ExplainedTest("region is in the Chinese mainland", Truth.UNKNOWN, Absent.UNKNOWN, "unknown", None),
                ),
            ),
            Finding(
                rule="bandwidth-purchased",
                title="A public bandwidth plan is purchased",
                kind="instance",
                ref="web-1",
                outcome=Outcome.VIOLATED,
                severity=RuleSeverity.WARNING,
                message="web-1 has a peak bandwidth of 0 Mbit/s.",
                remedy=None,
                source=source("Table 1", url=None),
                tests=(ExplainedTest("bandwidth is more than 0 Mbit/s", Truth.FALSE, 0, "0 Mbit/s", at(9, 16)),),
            ),
            Finding(
                rule="subscription-long-enough",
                title="The subscription lasts long enough",
                kind="instance",
                ref="web-1",
                outcome=Outcome.VIOLATED,
                severity=RuleSeverity.BLOCKING,
                message="web-1 is paid for 2 months; 3 months are needed.",
                remedy="Renew web-1 for at least 1 month.",
                source=source("Table 1"),
                tests=(
                    ExplainedTest("shortest subscription is given", Truth.TRUE, 3, "3 months", None),
                    ExplainedTest(
                        "subscription is at least the shortest subscription", Truth.FALSE, 2, "2 months", at(7, 23)
                    ),
                    ExplainedTest("the service is LinkedMall", None, "ecs", "Elastic Compute Service", at(4, 19)),
                ),
            ),
            Finding(
                rule="not-pay-as-you-go",
                title="The instance is a subscription",
                kind="instance",
                ref="web-1",
                outcome=Outcome.VIOLATED,
                severity=RuleSeverity.BLOCKING,
                message="web-1 is billed pay-as-you-go, and such an instance gets no service identification number.",
                remedy="Change the billing method of web-1 to subscription.",
                source=source("Table 1, Elastic Compute Service, Note"),
                tests=(
                    ExplainedTest(
                        "billing method is subscription", Truth.FALSE, "pay_as_you_go", "pay-as-you-go", at(5, 14)
                    ),
                ),
            ),
            Finding(
                rule="service-type-supported",
                title="The service type is supported",
                kind="instance",
                ref="web-1",
                outcome=Outcome.MET,
                severity=RuleSeverity.BLOCKING,
                message="Elastic Compute Service is a supported service type.",
                remedy=None,
                source=source("Table 1"),
                tests=(
                    ExplainedTest(
                        "service type is in Table 1", Truth.TRUE, "ecs", "Elastic Compute Service", at(4, 19)
                    ),
                ),
            ),
            Finding(
                rule="order-large-enough",
                title="The order is large enough",
                kind="instance",
                ref="web-1",
                outcome=Outcome.NOT_APPLICABLE,
                severity=RuleSeverity.BLOCKING,
                message="Elastic Compute Service has no smallest order.",
                remedy=None,
                source=source("Table 1"),
                tests=(ExplainedTest("smallest order is given", Truth.FALSE, Absent.NONE, "none", None),),
            ),
            Finding(
                rule="months-paid",
                title="Months paid, renewals counted",
                kind="instance",
                ref="web-1",
                outcome=Outcome.CONCLUDED,
                severity=RuleSeverity.NOTE,
                message="The subscription of web-1 is 2 months.",
                remedy=None,
                source=None,
                tests=(),
            ),
            Finding(
                rule="purchasing-account",
                title="The purchasing account applies for the numbers",
                kind="filing",
                ref="shop",
                outcome=Outcome.ADVISED,
                severity=RuleSeverity.NOTE,
                message="shop is filed from the account acme-cn, which may not be the one that purchased web-1.",
                remedy="Apply for the service identification number with the account that purchased web-1.",
                source=source("Number of service identification numbers, Note"),
                tests=(ExplainedTest("account is the instance's account", Truth.FALSE, "acme-cn", "acme-cn", None),),
            ),
            Finding(
                rule="app-filing",
                title="Filing of an app",
                kind="filing",
                ref="shop",
                outcome=Outcome.SILENT,
                severity=RuleSeverity.NOTE,
                message="shop is not for an app.",
                remedy=None,
                source=None,
                tests=(ExplainedTest("for an app", Truth.FALSE, False, "no", at(13, 8)),),
            ),
        ),
        missing=(
            MissingFact(
                kind="instance",
                ref="web-1",
                field="region",
                label="Region",
                ask="In which region is the instance deployed?",
                note="As the console shows it, for example cn-hangzhou.",
                instead="location",
                needed_by=("region-in-mainland",),
            ),
            MissingFact(
                kind="website",
                ref="web-1",
                field=None,
                label="Websites",
                ask="Which websites are on the instance already?",
                note=None,
                instead=None,
                needed_by=("service-numbers-left",),
            ),
        ),
        notices=("The table of this edition was replaced on 2024-09-14.",),
    )


def ready() -> Explanation:
    return Explanation(
        case="blog",
        verdict=Verdict.READY,
        as_of=date(2023, 10, 15),
        rulebook=RULEBOOK,
        engine=ENGINE,
        subjects=(
            ExplainedSubject(
                kind="instance",
                kind_label="Instance",
                ref="i-bp1",
                verdict=Verdict.READY,
                facts=(
                    StatedFact("region", "Region", "cn-hangzhou", "China (Hangzhou)", at(3, 11, "blog.yaml"), False),
                ),
                derived={},
            ),
        ),
        findings=(
            Finding(
                rule="region-in-mainland",
                title="The instance is in a region of the Chinese mainland",
                kind="instance",
                ref="i-bp1",
                outcome=Outcome.MET,
                severity=RuleSeverity.BLOCKING,
                message="i-bp1 is in China (Hangzhou).",
                remedy=None,
                source=source("Check the access information, Instance region"),
                tests=(
                    ExplainedTest(
                        "region is in the Chinese mainland",
                        Truth.TRUE,
                        "cn-hangzhou",
                        "China (Hangzhou)",
                        at(3, 11, "blog.yaml"),
                    ),
                ),
            ),
            Finding(
                rule="renew-in-time",
                title="Renewal in time",
                kind="instance",
                ref="i-bp1",
                outcome=Outcome.ADVISED,
                severity=RuleSeverity.WARNING,
                message="An instance that expires makes the filing invalid.",
                remedy="Renew i-bp1 before 2024-03-01.",
                source=source("Instance service type, Warning"),
                tests=(),
                further_sources=(source("Renewal", None),),
            ),
        ),
        missing=(),
    )


def uncovered() -> Explanation:
    """What waits only for what the edition does not cover, of two subjects of one kind, and perhaps of a third."""

    def lacking(kind: str, ref: str, what: str, sure: bool, covered_by: date | None = date(2023, 9, 28)) -> Finding:
        gap = Gap(what, covered_by, sure)
        message = f"The edition of 2026-06-26 does not cover {what}, which {ref} needs."
        title = f"Not covered: {what}"
        severity = RuleSeverity.BLOCKING
        return Finding(what, title, kind, ref, Outcome.UNKNOWN, severity, message, None, None, (), gap=gap)

    numbers, changes = "the rules for service numbers", "the rules for changes"
    return Explanation(
        case="later",
        verdict=Verdict.NEEDS_INFORMATION,
        as_of=date(2026, 10, 15),
        rulebook=RulebookIdentity(RULEBOOK.name, RULEBOOK.title, date(2026, 6, 26), DIGEST, complete=False),
        engine=ENGINE,
        subjects=tuple(
            ExplainedSubject(kind, label, ref, Verdict.NEEDS_INFORMATION, (), {})
            for kind, label, ref in (
                ("filing", "filing", "shop"),
                ("filing", "filing", "blog"),
                ("filing", "filing", "wiki"),
                ("access_change", "change of the access", "move"),
            )
        ),
        findings=(
            lacking("filing", "shop", numbers, True),
            lacking("filing", "blog", numbers, True),
            lacking("filing", "wiki", numbers, False),
            lacking("access_change", "move", changes, True, None),
        ),
        missing=(),
    )


def needs_information() -> Explanation:
    whole = not_ready()
    return Explanation(
        case="备案-网站",
        verdict=Verdict.NEEDS_INFORMATION,
        as_of=date(2023, 10, 15),
        rulebook=RulebookIdentity(RULEBOOK.name, RULEBOOK.title, RULEBOOK.edition, DIGEST, complete=False),
        engine=ENGINE,
        subjects=(),
        findings=tuple(finding for finding in whole.findings if finding.outcome is Outcome.UNKNOWN),
        missing=whole.missing[:1],
    )


def not_applicable() -> Explanation:
    return Explanation(
        case="intranet",
        verdict=Verdict.NOT_APPLICABLE,
        as_of=date(2023, 10, 15),
        rulebook=RULEBOOK,
        engine=ENGINE,
        subjects=(),
        findings=(),
        missing=(),
    )


#: What somebody may write in a fact: markup, terminal escapes, overrides of direction, words that are too long.
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "[bold red]x[/] :smile: [link=file:///etc/passwd]y[/link]",
    "\x1b[31mred\x1b[0m\x1b]8;;http://evil.example\x07z\x9b2J\r\n\x00",
    "\u202egpj.exe\u2066 שלום עולם \u200f مرحبا",
    "\"><img src=x onerror='alert(2)'>",
    "</style></title></textarea><!--]]>",
    "x" * 300,
    "half \ud800 pair, \u2028 line, 字" + "字" * 120,
)


def hostile() -> Explanation:
    """A case in which every text that comes from outside is one of `HOSTILE`."""
    script, template, rich, _, direction, attribute, end, *_ = HOSTILE
    return Explanation(
        case=f"{script}{direction}",
        verdict=Verdict.NOT_READY,
        as_of=date(2023, 10, 15),
        rulebook=RulebookIdentity(end, template, date(2023, 9, 28), attribute, complete=False),
        engine=ENGINE,
        subjects=(
            ExplainedSubject(
                kind="thing",
                kind_label=rich,
                ref=attribute,
                verdict=Verdict.NOT_READY,
                facts=(
                    *(
                        StatedFact(f"f{number}", text, text, text, Span(text, 1, number), False)
                        for number, text in enumerate(HOSTILE, 1)
                    ),
                    StatedFact("empty", "Empty", "", "", Span("", 0, 0), False),
                ),
                derived={text: text for text in HOSTILE},
            ),
        ),
        findings=tuple(
            Finding(
                rule=f"rule-{number}",
                title=text,
                kind="thing",
                ref=attribute,
                outcome=outcome,
                severity=RuleSeverity.BLOCKING,
                message=text,
                remedy=text,
                source=SourcePlace(text, text, text, text, None, url),
                tests=(ExplainedTest(text, Truth.FALSE, text, text, Span(text, 2, 3)),),
            )
            for number, (text, outcome, url) in enumerate(
                zip(
                    HOSTILE,
                    (*[Outcome.VIOLATED] * 5, Outcome.UNKNOWN, Outcome.ADVISED, Outcome.MET, Outcome.SILENT),
                    (
                        "javascript:alert(3)",
                        "JAVASCRIPT:alert(3)",
                        "data:text/html,<script>alert(4)</script>",
                        "https://",
                        "http://good.example/?a=1&b=\"'><",
                        "//evil.example",
                        "\x01javascript:alert(5)",
                        "https://good.example/\u202e",
                        "http://[broken",
                    ),
                    strict=True,
                )
            )
        ),
        missing=tuple(
            MissingFact("thing", attribute, text, text, text, text, text, (text, "rule-1")) for text in HOSTILE
        ),
        notices=HOSTILE,
    )
