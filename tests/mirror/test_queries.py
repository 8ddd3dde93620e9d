"""Finding things in the mirror."""

from __future__ import annotations

from typing import Any

import pytest

from mirror import errors, values
from mirror.queries import find, resolve
from remote_script.headless.music import palette
from remote_script.SetMirror.contract import schema

from .test_store import filled


@pytest.mark.parametrize(
    ("target", "id_"),
    [
        (3, 3),
        ("id:3", 3),
        ("song", 1),
        ("tracks/1", 3),
        ("song/tracks/1", 3),
        ("/tracks/1/", 3),
        ("tracks/1[Bass]", 3),
        ("tracks/0[Drums]/clip_slots/0/clip[Beat]", 40),
        ("tracks/0/mixer_device/volume", 23),
        ("master_track", 8),
        ("view/selected_track", 2),
        ("view/selected_track/clip_slots/0", 20),
        ("scenes/0/clip_slots/1", 30),
        ("Bass", 3),
        ("bass", 3),
        ("Beat", 40),
        ("Filter", 24),
        ("Cutoff", 26),
        ("application", 7),
        ("view", 6),
    ],
)
def test_objects_are_found_by_id_ref_and_name(target: Any, id_: int) -> None:
    assert resolve(filled(), target).id == id_


@pytest.mark.parametrize(
    ("target", "error", "says"),
    [
        (99, errors.StaleReference, "id 99"),
        ("tracks/2", errors.StaleReference, "has 2 tracks"),
        ("tracks", errors.InvalidValue, "give an index"),
        ("tracks/x", errors.InvalidValue, "give an index"),
        ("tracks/0/clip_slots/1/clip", errors.StaleReference, "has no clip now"),
        ("tracks/0/wheels/0", errors.StaleReference, "has no 'wheels'"),
        ("tracks/0/name", errors.StaleReference, "has no 'name'"),
        ("tracks/0[Bass]", errors.StaleReference, "expected to be named 'Bass' but is 'Drums'"),
        ("Bas", errors.NotFound, "Nothing is named"),
        ("Track Volume", errors.Ambiguous, "3 objects"),
        (True, errors.InvalidValue, "A target is"),
        (1.5, errors.InvalidValue, "A target is"),
        ("tracks/0/[", errors.InvalidValue, "A ref is a path"),
    ],
)
def test_an_unknown_object_is_refused_with_the_next_step(
    target: Any, error: type[errors.MirrorError], says: str
) -> None:
    with pytest.raises(error, match=says.replace("[", r"\[")) as caught:
        resolve(filled(), target)
    assert caught.value.hint


def test_a_wrong_name_is_refused_with_the_present_place_of_the_name() -> None:
    with pytest.raises(errors.StaleReference) as caught:
        resolve(filled(), "tracks/0[Bass]")
    assert caught.value.hint == "'Bass' is now at tracks/1"


def test_near_names_are_candidates() -> None:
    with pytest.raises(errors.NotFound) as caught:
        resolve(filled(), "Basss")
    assert caught.value.facts["candidates"][0] == {
        "id": 3,
        "type": "Track",
        "ref": "tracks/1",
        "name": "Bass",
    }


def test_an_ambiguous_name_lists_all_places() -> None:
    with pytest.raises(errors.Ambiguous) as caught:
        resolve(filled(), "Track Volume")
    assert {each["id"] for each in caught.value.facts["candidates"]} == {23, 33, 81}


def test_a_cached_ref_is_resolved_again_after_a_change_of_structure() -> None:
    store = filled()
    assert resolve(store, "tracks/1").id == 3
    assert resolve(store, "tracks/1").id == 3
    store.apply(6, [["children", 1, "tracks", [3, 2]]])
    assert resolve(store, "tracks/1").id == 2


def ids(**query: Any) -> list[int]:
    return [match.node.id for match in find(filled(), **query)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "bass"}, [3]),
        ({"name": "BA"}, [3]),
        ({"name": "cut"}, [26]),
        ({"name": "dums"}, [2]),
        ({"kind": "track"}, [2, 3, 8]),
        ({"kind": "tracks"}, [2, 3, 8]),
        ({"kind": "Track"}, [2, 3, 8]),
        ({"kind": "main track"}, [8]),
        ({"kind": "clip"}, [40]),
        ({"kind": "parameter", "name": "cutoff"}, [26]),
        ({"kind": "parameter", "name": "volume", "under": "tracks/1"}, [33]),
        ({"kind": "track", "where": {"arm": True}}, [3]),
        ({"kind": "track", "where": "arm = true"}, [3]),
        ({"kind": "track", "where": "arm != true"}, [2, 8]),
        ({"kind": "midi track", "where": ["arm = yes", "mute = no"]}, [3]),
        ({"kind": "clip", "where": "length >= 4"}, [40]),
        ({"kind": "clip", "where": "length > 4"}, []),
        ({"kind": "clip", "where": {"length": ">3.5"}}, [40]),
        ({"kind": "clip", "where": {"length": {">": 3, "<": 5}}}, [40]),
        ({"kind": "clip", "where": "notes.count = 2"}, [40]),
        ({"kind": "clip", "where": "notes > 1"}, [40]),
        ({"kind": "clip", "where": "notes > 2"}, []),
        ({"kind": "track", "where": "mixer_device.volume.value < 0.8"}, [3]),
        ({"kind": "track", "where": "name contains RUM"}, [2]),
        ({"kind": "track", "where": {"name": ["Bass", "Drums"]}}, [2, 3]),
        ({"kind": "clip slot", "where": "has_clip = false", "limit": 2}, [21, 30]),
        ({"kind": "scene", "under": "song"}, [4, 5]),
        ({"where": "length > 1"}, [40]),
        ({"kind": "song.view", "where": "selected_track.name = Drums"}, [6]),
    ],
    ids=str,
)
def test_objects_are_found_by_conditions(query: dict[str, Any], found: list[int]) -> None:
    assert ids(**query) == found


def test_the_best_matches_come_first() -> None:
    store = filled()
    store.apply(6, [["set", 4, "name", "Bass drop"], ["set", 5, "name", "Sub Bass"]])
    assert [(match.ref, match.score) for match in find(store, name="bass")] == [
        ("tracks/1", 1.0), ("scenes/0", 0.9), ("scenes/1", 0.8),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [{"kind": "banjo"}, {"where": "length"}, {"where": {"length": {"~~": 3}}}, {"limit": 0}, {"under": 99}],
    ids=str,
)
def test_an_invalid_query_is_refused(query: dict[str, Any]) -> None:
    with pytest.raises(errors.MirrorError) as caught:
        ids(**query)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ({"where": "lenght > 1"}, "length"),
        ({"kind": "track", "where": "length > 1"}, "name"),
        ({"where": {"mixer_device.volum.value": 1}}, "volume"),
    ],
)
def test_a_condition_on_an_unknown_property_is_refused_with_close_matches(
    given: dict[str, Any], near: str
) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        find(filled(), **given)
    assert near in caught.value.hint


PLAIN = [
    (class_, name)
    for class_ in schema.CLASSES
    for name, prop in schema.properties(class_).items()
    if prop.type in ("bool", "int", "float") and name != "type"
]
"""`type` is also the class of any object."""


def test_an_impossible_value_of_a_property_is_refused() -> None:
    store = filled()
    for class_, name in PLAIN:
        if (class_, name) != ("DeviceParameter", "value"):
            for sign in ("=", "!=", ">"):
                with pytest.raises(errors.InvalidValue, match=f"`{name}`"):
                    find(store, kind=class_, where=f"{name} {sign} perhaps")
    assert len(PLAIN) > 200


LISTS = [
    (class_, name)
    for class_ in schema.CLASSES
    for name, prop in schema.properties(class_).items()
    if prop.type in ("children", "refs")
]


def test_a_list_is_compared_by_its_number_of_elements_and_with_nothing_else() -> None:
    store = filled()
    for class_, name in LISTS:
        with pytest.raises(errors.InvalidValue, match=f"`{name}` contains several elements"):
            find(store, kind=class_, where=f"{name} > -20 dB")
    for track in (2, 3, 8):
        for name in ("clip_slots", "devices"):
            count = len(store.nodes[track].children.get(name) or ())
            assert (track in ids(kind="track", where=f"{name} > {count - 1}")) == (
                name in store.nodes[track].children
            )
            assert track not in ids(kind="track", where=f"{name} > {count}")
    assert len(LISTS) > 30


@pytest.mark.parametrize(("name", "near"), [("red", 0xFF3636), ("blue", 0x1020F0), ("green", 0x1A8F2F)])
def test_the_name_of_a_colour_finds_the_nearest_colours(name: str, near: int) -> None:
    store = filled()
    store.apply(6, [["set", 2, "color", near]])
    matches = find(store, kind="track", where=f"color = {name}")
    assert [match.node.id for match in matches] == [2]
    assert find(store, kind="track", where=f"color = #{near:06x}")[0].node.id == 2
    assert 2 not in [match.node.id for match in find(store, kind="track", where=f"color != {name}")]


@pytest.mark.parametrize("name", values.COLORS)
def test_a_colour_that_is_set_by_name_is_found_by_that_name(name: str) -> None:
    store = filled()
    shown = palette.COLORS[palette.nearest_index(values.COLORS[name])]
    store.apply(6, [["set", 2, "color", shown]])
    assert 2 in [match.node.id for match in find(store, kind="track", where=f"color = {name}")]
    assert 2 not in [match.node.id for match in find(store, kind="track", where=f"color != {name}")]


BOUNDED = [
    (type_, name, prop.minimum, prop.maximum)
    for type_, class_ in schema.CLASSES.items()
    for name, prop in class_.properties.items()
    if prop.type in ("int", "float") and None not in (prop.minimum, prop.maximum) and not prop.labels
    if len({(row.minimum, row.maximum) for row in values.rows(name, type_)}) == 1
]


def test_a_number_that_no_object_can_have_is_refused_and_one_at_the_limit_is_not() -> None:
    assert {(class_, name) for class_, name, _, _ in BOUNDED} >= {
        ("Scene", "tempo"),
        ("Track", "color_index"),
    }
    store = filled()
    for class_, name, low, high in BOUNDED:
        for condition in (
            f"{name} = {high + 2}",
            f"{name} > {high}",
            f"{name} >= {high + 1}",
            f"{name} < {min(low, -1)}",
            f"{name} = {min(low, -1) - 1}",
        ):
            with pytest.raises(errors.InvalidValue, match=f"`{name}` is .* never"):
                find(store, kind=class_, where=condition)
        for condition in (
            f"{name} = {high}",
            f"{name} >= {high}",
            f"{name} <= {low}",
            f"{name} != {high + 2}",
            f"{name} = -1",
        ):
            find(store, kind=class_, where=condition)


def test_a_text_for_a_number_that_live_also_shows_as_text_is_refused_with_that_property() -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        find(filled(), kind="clip", where="gain > 0 dB")
    assert "gain_display_string contains" in caught.value.hint


def test_of_names_that_differ_only_in_case_the_exact_one_is_meant() -> None:
    store = filled()
    store.apply(6, [["set", 2, "name", "bass"]])
    assert [resolve(store, name).id for name in ("Bass", "bass")] == [3, 2]


def test_the_best_name_is_among_the_first_results() -> None:
    store = filled()
    store.apply(
        6, [["set", 1, "name", "Sub Bass"], ["set", 3, "name", "Another"], ["set", 3, "name", "Bass"]]
    )
    assert [match.node.id for match in find(store, name="bass", limit=1)] == [3]
