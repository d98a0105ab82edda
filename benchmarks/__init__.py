"""Benchmarks: a workload, what Rulewright and other tools need for it, and the page of the documentation made from that."""
