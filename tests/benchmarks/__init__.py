"""Measurements of every path that an agent feels, as distributions, against named alternatives in the same
run.

Begin with `python -m tests.benchmarks --help`. Nothing here is a test: no number makes it fail.
"""
