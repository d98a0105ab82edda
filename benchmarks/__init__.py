"""Benchmarks: workloads, what Rulewright and other tools need for them, and the page that is made from that."""
