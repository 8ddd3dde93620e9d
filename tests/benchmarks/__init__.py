"""Measures every path that an agent feels, as distributions, beside named alternatives in the same run.

Begin with `python -m tests.benchmarks --help`. Nothing here is a test: no number makes it fail.
"""
