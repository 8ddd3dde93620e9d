import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_script.headless.music import palette
from remote_script.SetMirror.contract import scales


def test_there_are_seventy_different_colours():
    assert len(set(palette.COLORS)) == 70


@pytest.mark.parametrize(("asked", "got", "index"), [(0xABCDEF, 0xB9C1E3, 37), (0xFF0000, 0xFF3636, 14)])
def test_colours_snap_as_measured_in_live(asked, got, index):
    assert (palette.nearest_index(asked), palette.color_of(index)) == (index, got)


@given(st.integers(0, 69))
def test_a_colour_of_the_palette_stays_itself(index):
    assert palette.nearest_index(palette.color_of(index)) == index


def test_scales_are_in_lives_order_with_ascending_intervals_from_the_root():
    names = [name for name, _ in scales.SCALES]
    assert (len(names), names[:3], names[-1]) == (35, ["Major", "Minor", "Dorian"], "Messiaen 7")
    for _, intervals in scales.SCALES:
        assert intervals[0] == 0
        assert list(intervals) == sorted(set(intervals))
        assert intervals[-1] < 12


def test_sixty_is_c3():
    assert [scales.note_name(p) for p in (0, 1, 60, 127)] == ["C-2", "C♯-2", "C3", "G8"]


def test_a_flat_key_spells_its_notes_with_flats():
    assert scales.note_name_in_scale(63, 10, "Major") == "E♭3"
    assert scales.note_name_in_scale(63, 0, "Minor") == "E♭3"
    assert scales.note_name_in_scale(66, 7, "Major") == "F♯3"


@given(st.integers(0, 127))
def test_a_note_name_converts_back_to_its_pitch(pitch):
    assert scales.pitch_of(scales.note_name(pitch)) == pitch
    assert scales.pitch_of(scales.note_name(pitch, scales.FLAT)) == pitch


@pytest.mark.parametrize("name", ["H3", "", "C9", "C"])
def test_an_invalid_note_name_is_refused(name):
    with pytest.raises(ValueError):
        scales.pitch_of(name)
