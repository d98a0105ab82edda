"""The importers by name, and the ways to run them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulewright.diagnostics import Diagnostic, did_you_mean
from rulewright.vendors.aliyun_bsn import ALIYUN_BSN
from rulewright.vendors.aliyun_bss import ALIYUN_BSS
from rulewright.vendors.aliyun_cdn import ALIYUN_CDN
from rulewright.vendors.aliyun_config import ALIYUN_CONFIG
from rulewright.vendors.aliyun_ddos import ALIYUN_DDOS
from rulewright.vendors.aliyun_ecs import ALIYUN_ECS
from rulewright.vendors.aliyun_ens import ALIYUN_ENS
from rulewright.vendors.aliyun_icp import ALIYUN_ICP
from rulewright.vendors.aliyun_oss import ALIYUN_OSS
from rulewright.vendors.aliyun_swas import ALIYUN_SWAS
from rulewright.vendors.aliyun_waf import ALIYUN_WAF
from rulewright.vendors.reading import Request, run
from rulewright.vendors.tables import Importer
from rulewright.vendors.terraform import TERRAFORM
from rulewright.vendors.texts import shown

#: Every importer by the name that the command line has for it.
IMPORTERS: Mapping[str, Importer] = {
    importer.name: importer
    for importer in (
        ALIYUN_ECS,
        ALIYUN_SWAS,
        ALIYUN_ENS,
        ALIYUN_BSS,
        ALIYUN_BSN,
        ALIYUN_OSS,
        ALIYUN_CDN,
        ALIYUN_WAF,
        ALIYUN_DDOS,
        ALIYUN_ICP,
        ALIYUN_CONFIG,
        TERRAFORM,
    )
}


def import_case(source_name: str, files: Sequence[tuple[str, bytes]]) -> tuple[str | None, list[Diagnostic]]:
    """The YAML text of one case made from the named files of one source, or None, and all diagnostics."""
    importer = IMPORTERS.get(source_name)
    if importer is not None and not files:
        return None, [Diagnostic("I003", f"expected {importer.expected or importer.answers}, found no file at all")]
    if importer is None:
        return None, [_unknown(source_name)]
    return import_sources([(source_name, file, content) for file, content in files])


def import_sources(requests: Sequence[tuple[str, str, bytes]]) -> tuple[str | None, list[Diagnostic]]:
    """The YAML text of one case made from files, each with the name of its source, or None, and all diagnostics.

    What several sources say of one instance, or of one domain of a product, becomes one fact.
    """
    if not requests:
        return None, [Diagnostic("I003", "expected files of some source, found no file at all")]
    unknown = list(dict.fromkeys(source for source, _, _ in requests if source not in IMPORTERS))
    known = [Request(IMPORTERS[source], file, data) for source, file, data in requests if source in IMPORTERS]
    text, problems = run(known) if known else (None, [])
    return (None if unknown else text), [*map(_unknown, unknown), *problems]


def pair_with_sources(words: Sequence[str]) -> tuple[list[tuple[str, str]], list[Diagnostic]]:
    """The files among the words of a command line, each with its source: the name of a source begins its files.

    A file that is called as a source is can be named by a path, as in `./terraform`.
    """
    pairs: list[tuple[str, str]] = []
    problems: list[Diagnostic] = []
    if not words or words[0] not in IMPORTERS:
        return [], [_unknown(words[0] if words else "")]
    source, files = words[0], 0
    for word in [*words[1:], None]:
        if word is not None and word not in IMPORTERS:
            pairs.append((source, word))
            files += 1
            continue
        if not files:
            problems.append(Diagnostic("I003", f"expected files after `{source}`, found none"))
        source, files = word or "", 0
    return pairs, problems


def _unknown(source: str) -> Diagnostic:
    return Diagnostic("I001", f"unknown importer `{shown(source)}`", help=did_you_mean(source, IMPORTERS))
