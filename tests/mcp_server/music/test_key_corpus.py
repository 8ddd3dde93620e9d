"""Keys of a public corpus, its tunes and labels unchanged: Ryan's Mammoth Collection (1883), as music21 ships it.

Needs the extra `corpus` (music21); without it the test skips with a reason.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mcp_server import units
from mcp_server.music import Note, from_beats
from mcp_server.music.keys import find_key

MODES = {
    "": "Major", "m": "Minor", "min": "Minor", "maj": "Major", "dor": "Dorian", "dorian": "Dorian",
    "mix": "Mixolydian", "lyd": "Lydian",
}  # fmt: skip
EVERY = 3
"""Every third tune: 353 of 1,059."""


def label(text: str) -> tuple[int, str]:
    """An ABC key ("Ador", "Bb", "Em") as root and Live's name of the scale."""
    match = re.match(r"([A-G][b#]?)\s*([a-z]*)", text)
    assert match is not None
    return units.key(match[1])[0], MODES[match[2]]


@pytest.mark.slow
def test_nine_of_ten_tunes_get_the_key_of_their_book() -> None:
    music21 = pytest.importorskip("music21", reason="the extra `corpus` is not installed")
    folder = Path(music21.__file__).parent / "corpus" / "ryansMammoth"
    files = sorted(folder.glob("*.abc"))[::EVERY]
    right, wrong = 0, []
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        line = next(line for line in text.splitlines() if line.startswith("K:"))
        found = find_key(
            [
                Note(pitch.midi, from_beats(float(each.offset)), from_beats(float(each.quarterLength)))
                for each in music21.converter.parse(file).flatten().notes
                for pitch in each.pitches
                if each.quarterLength > 0
            ]
        )
        assert found is not None
        name = "Minor" if found.scale.name == "Harmonic Minor" else found.scale.name
        if (found.scale.root, name) == label(line[2:].strip()):
            right += 1
        else:
            wrong.append(file.stem)
    print(
        f"{right} of {len(files)} keys as labelled ({right / len(files):.1%}); not: {', '.join(wrong[:40])}"
    )
    assert len(files) >= 200
    assert right / len(files) >= 0.9
