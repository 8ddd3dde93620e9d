"""`diff`, `lint` and `export-midi` on real files; one in a separate process as a shell runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import mido
import pytest

from mcp_server.commands.diff import lines
from mcp_server.history import read_set, state_of
from mcp_server.history.lint import RULES, lint
from mcp_server.music import BEAT
from mcp_server.music.export import clip_song, song
from mirror import errors
from remote_script.headless import HeadlessLive, default_set
from tests import sets
from tests.lean import demo_set
from tests.mcp_server.cli.in_process import setmirror


def in_shell(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mcp_server.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def state(spec: object) -> object:
    live = HeadlessLive(spec)  # type: ignore[arg-type]
    try:
        return state_of(live)
    finally:
        live.close()


def test_the_exported_arrangement_has_unrolled_loops() -> None:
    found = song(state(demo_set()))  # type: ignore[arg-type]
    assert [track.name for track in found.tracks] == ["Drums", "Keys", "Bass", "Bells"]
    assert [name for _, name in found.markers] == ["Intro", "Verse", "Hook", "Outro"]
    drums = found.tracks[0]
    assert min(note.start for note in drums.notes) >= 16 * BEAT
    assert max(note.end for note in drums.notes) <= 160 * BEAT
    keys = [note for note in found.tracks[1].notes if note.start < 16 * BEAT]
    later = [note for note in found.tracks[1].notes if 16 * BEAT <= note.start < 32 * BEAT]
    assert [note.pitch for note in keys] == [note.pitch for note in later]
    assert found.tempos == ((0, 82.0),)


def test_a_single_clip_is_exported_from_time_zero_and_audio_is_refused() -> None:
    store = state(demo_set())
    by_ref = {store.ref(node.id): node for node in store.walk()}  # type: ignore[attr-defined]
    found = clip_song(store, by_ref["tracks/2/clip_slots/1/clip"])  # type: ignore[arg-type]
    assert found.tracks[0].notes[0].start == 0
    with pytest.raises(errors.InvalidValue):
        clip_song(store, by_ref["tracks/4/clip_slots/0/clip"])  # type: ignore[arg-type]
    with pytest.raises(errors.InvalidValue, match="no MIDI clip"):
        song(state(default_set()))  # type: ignore[arg-type]


def test_each_rule_of_lint_detects_its_example() -> None:
    spec = demo_set()
    spec.tracks[1].mixer.volume = 0.95
    spec.tracks[0].devices = []
    for track in spec.tracks:
        track.mixer.sends = [0.0 for _ in track.mixer.sends]
    live = HeadlessLive(spec)
    try:
        live.song.tracks[2].clip_slots[0].create_clip(4.0)
        live.song.tracks[2].mute = True
        live.song.tracks[5].name = "Drums"
        found = lint(state_of(live))
    finally:
        live.close()
    rules = {finding.rule for finding in found}
    assert {
        "missing-sample", "empty-clip", "hot-level", "unused-return", "duplicate-name", "no-instrument",
        "muted-track",
    } <= rules  # fmt: skip
    assert len(RULES) == 7
    assert all(finding.text and finding.ref for finding in found)


def test_the_same_set_gives_the_same_text_and_an_edit_changes_few_lines() -> None:
    live = HeadlessLive(demo_set())
    try:
        one = lines(state_of(live))
        assert one == lines(state_of(live))
        live.song.tracks[2].mixer_device.volume.value = 0.5
        other = lines(state_of(live))
    finally:
        live.close()
    assert len(set(one) ^ set(other)) == 2


@pytest.mark.skipif(sets.folder() is None, reason="no folder of real Sets; name one in SETMIRROR_SETS")
def test_the_commands_report_findings_of_real_files_and_exit_as_diff_does(tmp_path: Path) -> None:
    folder = sets.folder()
    assert folder is not None
    file = str(folder / "live12.3-song.als")
    assert setmirror("diff", file, file).returncode == 0
    other = in_shell("diff", file, str(folder / "live10.1-warped-audio.als"), "--json")
    assert other.returncode == 1
    assert all("kind" in change for change in json.loads(other.stdout))
    broken = tmp_path / "broken.als"
    broken.write_bytes(b"no Set")
    trouble = setmirror("diff", file, str(broken))
    assert trouble.returncode == 2
    assert trouble.stderr.startswith("error: ")
    assert "Traceback" not in trouble.stderr
    text = setmirror("diff", "--textconv", file)
    assert text.returncode == 0
    assert len(text.stdout.splitlines()) > 100
    assert setmirror("lint", file).returncode in (0, 1)
    exported = setmirror("export-midi", file, str(tmp_path / "song.mid"))
    assert exported.returncode in (0, 1)
    if exported.returncode == 0:
        assert mido.MidiFile(tmp_path / "song.mid").type == 1


@pytest.mark.slow
@sets.parametrize
def test_every_real_set_can_be_linted_and_written_as_text(als: Path) -> None:
    store = read_set(als)
    assert lines(store)
    assert all(finding.ref for finding in lint(store))
