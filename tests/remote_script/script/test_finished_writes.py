"""What the script keeps for clients that were away: results of writes, and the batches that were sent last."""

from __future__ import annotations

import pytest

from remote_script.SetMirror import finished_writes
from remote_script.SetMirror.finished_writes import FinishedWrites
from remote_script.SetMirror.sent_batches import SentBatches


def test_a_result_replaces_the_former_one_of_its_write_and_counts_once() -> None:
    finished = FinishedWrites()
    finished.add("a", b"first")
    finished.add("b", b"other")
    finished.add("a", b"again, longer")
    assert (len(finished), finished["a"], finished.bytes) == (2, b"again, longer", 5 + 13)


def test_the_oldest_results_go_and_the_newest_stays_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished_writes, "RESULT_BYTES", 10)
    finished = FinishedWrites()
    for id_ in "abc":
        finished.add(id_, b"12345")
    assert ("a" in finished, "b" in finished, "c" in finished) == (False, True, True)
    finished.add("d", b"x" * 100)
    assert (len(finished), "d" in finished, finished.bytes) == (1, True, 100)


def test_the_number_of_results_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished_writes, "RESULTS_KEPT", 3)
    finished = FinishedWrites()
    for number in range(10):
        finished.add(str(number), b"1")
    assert [id_ for id_ in map(str, range(10)) if id_ in finished] == ["7", "8", "9"]


@pytest.mark.parametrize(("most", "most_bytes"), [(2, 1000), (1000, 8)])
def test_batches_are_kept_up_to_a_number_and_a_size(most: int, most_bytes: int) -> None:
    sent = SentBatches(most, most_bytes)
    assert sent.oldest(5) == 5
    for revision in (6, 7, 8):
        sent.add(revision, b"line")
    assert (sent.oldest(8), len(sent), sent.bytes) == (6, 2, 8)
    assert sent.after(7) == [b"line"]
