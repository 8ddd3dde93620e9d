"""Quantiles are values that were measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server.demo.latency import Distribution


def test_the_quantiles_of_a_hundred_samples_are_their_ranks() -> None:
    found = Distribution.of_seconds(number / 1000 for number in range(100, 0, -1))

    assert (found.p50, found.p95, found.p99) == (50.0, 95.0, 99.0)


def test_one_sample_is_every_quantile() -> None:
    found = Distribution.of_seconds([0.002])

    assert (found.p50, found.p95, found.p99) == (2.0, 2.0, 2.0)


def test_no_samples_have_no_quantile() -> None:
    with pytest.raises(ValueError, match="at least one"):
        _ = Distribution(()).p50
    assert str(Distribution(())) == "not measured"
    assert Distribution(()).to_json() == {"n": 0}


@given(st.lists(st.floats(0, 10), min_size=1), st.floats(0.001, 1))
def test_a_quantile_has_its_share_of_samples_at_or_below_it(samples: list[float], share: float) -> None:
    found = Distribution.of_seconds(samples)
    value = found.quantile(share)

    assert value in found.samples_ms
    assert sum(sample <= value for sample in found.samples_ms) >= (round(share * 1000) * len(samples)) // 1000
