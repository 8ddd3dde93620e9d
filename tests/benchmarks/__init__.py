"""Measures every path between Live and an agent, as distributions, beside named alternatives in the same run.

Start with `python -m tests.benchmarks --help`. Benchmarks are not tests: no number makes them fail.
"""
