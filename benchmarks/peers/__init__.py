"""Other tools that do the same work, each in a module of its own: from a JSON Lines file to a results file.

A module has `prepare`, which makes what is made once and gives what judges a file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool: its module here, how it is called, the distribution whose version is told, and what it can.

    `share` is the part of the cases that it is given, so that a slow one does not hold up the others. `chains`
    says whether its own rules derive the verdict, `explains` what it tells of it.
    """

    module: str
    title: str
    distribution: str | None
    share: float
    chains: bool
    explains: str


PLAIN_PYTHON = Peer("plain_python", "plain Python by hand, orjson", None, 1.0, False, "no")
PLAIN_BUFFERED = Peer("plain_buffered", "plain Python by hand, orjson, answers gathered", None, 1.0, False, "no")
DUCKDB = Peer("duckdb_by_hand", "DuckDB, SQL by hand", "duckdb", 1.0, False, "no")
POLARS = Peer("polars_by_hand", "Polars by hand", "polars", 1.0, False, "no")
ZEN = Peer("zen_engine", "GoRules ZEN", "zen-engine", 0.2, False, "no")
CEL = Peer("cel_programs", "CEL (Rust)", "common-expression-language", 0.1, False, "no")
RULE_ENGINE = Peer("rule_engine_rules", "rule-engine", "rule-engine", 0.02, False, "no")
#: Judges the flat workload a case at a time, as a program that imports it does.
LIBRARY = Peer("rulewright_library", "Rulewright, `rulebook.check`", "rulewright", 0.1, True, "yes")
#: Tools that judge the flat workload.
FLAT_PEERS = (
    DUCKDB,
    POLARS,
    PLAIN_PYTHON,
    PLAIN_BUFFERED,
    ZEN,
    Peer("zen_trace", "GoRules ZEN with its trace", "zen-engine", 0.05, False, "its trace"),
    CEL,
    Peer("durable_extension", "durable-rules, its extension", "durable-rules", 0.1, True, "no"),
    Peer("clips_rules", "CLIPS", "clipspy", 0.05, True, "no"),
    Peer("json_logic_rules", "JSONLogic", "json-logic-qubit", 0.05, False, "no"),
    Peer("business_rules_rules", "business-rules", "business-rules", 0.05, False, "no"),
    Peer("cedar_policies", "Cedar", "cedarpy", 0.05, False, "policies"),
    Peer("durable_host", "durable-rules through its Host", "durable-rules", 0.05, True, "matched facts"),
    RULE_ENGINE,
)
#: Judges the nested workload.
PLAIN_NESTED = Peer("plain_nested", "plain Python by hand, orjson", None, 1.0, False, "no")
#: Judges servers of which no two are in the same situation, on all cores.
DURABLE_SITUATIONS = Peer(
    "durable_situations", "durable-rules, its extension, on all cores", "durable-rules", 1.0, False, "no"
)
#: Evaluate the requirements of the flagship rulebook about an instance.
DUCKDB_FILING = Peer("duckdb_filing", "DuckDB, SQL by hand", "duckdb", 1.0, False, "no")
POLARS_FILING = Peer("polars_filing", "Polars by hand", "polars", 1.0, False, "no")
#: Tools that take a case at a time, for single cases.
SINGLE_PEERS = (LIBRARY, PLAIN_PYTHON, ZEN, CEL, RULE_ENGINE)
PEERS = {
    peer.module: peer for peer in (*FLAT_PEERS, LIBRARY, DUCKDB_FILING, POLARS_FILING, PLAIN_NESTED, DURABLE_SITUATIONS)
}
