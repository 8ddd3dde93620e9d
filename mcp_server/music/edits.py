"""Edits: named, pure functions from notes to notes, and the list of them that one transform runs.

An edit is a Struct whose fields are its options and whose `apply(notes, context)` returns the notes that replace the
chosen ones: notes that remain keep their `note_id`, new notes have none. Notes outside the edit's selection do not
change. A random edit takes a `seed`: the same seed gives the same result.

Start here, then `time_edits`, `pitch_edits`, `velocity_edits`, `rhythm_edits`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from itertools import count
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from mirror import errors
from remote_script.SetMirror.contract.naming import near_names

from .context import Context, Scale
from .note import Note, in_order, settled
from .ticks import Ticks, exact, nearest

Time = float | str
"""A length or time as an argument: beats, or "1/16", "1 bar", "2.1.1"."""
Fraction01 = Annotated[float, Meta(ge=0, le=1)]
Velocity = Annotated[float, Meta(ge=1, le=127)]

MOST_NOTES = 50_000
"""The most notes of one clip after an edit; more would block Live for seconds."""


class Selection(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The conditions for the notes that an edit changes; a note must match every condition that is set."""

    time: tuple[Time, Time] | UnsetType = UNSET
    """[start, end] in the clip's beats; a note that starts at the end does not match."""
    pitch: list[int | str] | int | str | UnsetType = UNSET
    """One pitch, or a list of pitches and pad names."""
    pitch_range: tuple[int | str, int | str] | UnsetType = UNSET
    velocity: tuple[float, float] | UnsetType = UNSET
    every: Annotated[int, Meta(ge=1)] = 1
    """Every nth note in order of time; `first` is the index of the first one taken, so 1 leaves out the first note."""
    first: Annotated[int, Meta(ge=0)] = 0
    grid: Time | UnsetType = UNSET
    """With `on_grid`: notes that start on this grid, or those that do not."""
    on_grid: bool = True
    in_scale: bool | UnsetType = UNSET
    ids: list[int] | UnsetType = UNSET

    def chosen(self, notes: Iterable[Note], context: Context) -> tuple[list[Note], list[Note]]:
        """The notes that match and those that do not, both in order of time."""
        matching, rest = in_order(notes), list[Note]()
        for test in self._tests(context):
            tested, matching = matching, []
            for note in tested:
                (matching if test(note) else rest).append(note)
        if self.every > 1 or self.first:
            every = set(range(self.first, len(matching), self.every))
            rest += [note for n, note in enumerate(matching) if n not in every]
            matching = [note for n, note in enumerate(matching) if n in every]
        return matching, in_order(rest)

    def _tests(self, context: Context) -> Iterable[Callable[[Note], bool]]:
        if self.time is not UNSET:
            low, high = self.times(context)
            yield lambda note: low <= note.start < high
        if self.pitch is not UNSET:
            wanted = self.pitch if isinstance(self.pitch, list) else [self.pitch]
            pitches = {context.pitch(pitch) for pitch in wanted}
            yield lambda note: note.pitch in pitches
        if self.pitch_range is not UNSET:
            bottom, top = (context.pitch(pitch) for pitch in self.pitch_range)
            yield lambda note: bottom <= note.pitch <= top
        if self.velocity is not UNSET:
            soft, loud = self.velocity
            yield lambda note: soft <= note.velocity <= loud
        if self.grid is not UNSET:
            step, on = whole_step(context, self.grid), self.on_grid
            yield lambda note: (note.start == nearest(note.start, step)) == on
        if self.in_scale is not UNSET:
            inside, scale = self.in_scale, context.scale
            yield lambda note: (note.pitch in scale) == inside
        if self.ids is not UNSET:
            ids = set(self.ids)
            yield lambda note: note.note_id in ids

    def times(self, context: Context) -> tuple[Ticks, Ticks]:
        """The selected time range, or the clip's span without one."""
        if self.time is UNSET:
            return context.span
        low, high = (context.time(time) for time in self.time)
        if not low < high:
            raise errors.InvalidValue("The time range of `select` must end after it begins", list(self.time))
        return low, high


EVERYTHING = Selection()


class Edit(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The base of all edits; `seed` has an effect only in random edits."""

    name: ClassVar[str] = ""
    needs: ClassVar[tuple[str, ...]] = ()
    """Options of which at least one must differ from its default: otherwise the edit would change nothing."""

    pitched: ClassVar[bool] = False
    """True for an edit that changes pitches; on a drum track another pitch is another drum."""

    select: Selection = EVERYTHING

    def apply(self, notes: list[Note], context: Context) -> list[Note]:
        """The notes that replace `notes`, which are in order of time."""
        raise NotImplementedError

    def spares_drums(self) -> bool:
        """True for an edit of pitch whose selection does not name pitches or notes."""
        chosen = self.select
        return self.pitched and all(
            condition is UNSET for condition in (chosen.pitch, chosen.pitch_range, chosen.ids)
        )

    def check_effect(self) -> None:
        """Raise InvalidValue where all options that would change notes are at their defaults."""
        defaults = {field.name: field.default for field in msgspec.structs.fields(type(self))}
        if self.needs and all(getattr(self, name) == defaults[name] for name in self.needs):
            raise errors.InvalidValue(
                f"{self.name} needs at least one of {', '.join(f'`{name}`' for name in self.needs)}",
                hint=f"options: {_listed_options(type(self))}",
            )

    def is_random(self) -> bool:
        """True where `seed` has an effect."""
        return "seed" in self.__struct_fields__

    def span(self, notes: list[Note], context: Context) -> tuple[Ticks, Ticks]:
        """The time range of the edit: the selected range, or the clip's span extended to contain all notes."""
        low, high = self.select.times(context)
        if self.select.time is UNSET and notes:
            low = min(low, notes[0].start)
            high = max(high, max(note.end for note in notes))
        return low, high


EDITS: dict[str, type[Edit]] = {}
"""Every edit by its name."""

_E = TypeVar("_E", bound=type[Edit])


def edit(name: str) -> Callable[[_E], _E]:
    """Register an edit under the name that callers use."""

    def register(class_: _E) -> _E:
        class_.name = name
        EDITS[name] = class_
        return class_

    return register


_SELECTED = {"selected", "selection", "selected_notes"}
"""Options by which clients try to choose the notes that are selected in Live."""


def read(asked: Any, number: int = 0) -> Edit:
    """One edit from JSON: {"edit": "transpose", "semitones": 3, "select": {...}}.

    Raises:
      InvalidValue: an unknown edit or option, or a value out of range; the rule names the edit and its position.
      NotAvailable: the edit asks for the notes that are selected in Live.
    """
    where = f"edit {number}"
    if isinstance(asked, str):
        asked = {"edit": asked}
    if not isinstance(asked, dict) or not isinstance(asked.get("edit"), str):
        raise errors.InvalidValue(
            f'{where} must be an object such as {{"edit": "transpose", "semitones": 3}}'
        )
    name = asked["edit"]
    if name not in EDITS:
        near = near_names(name, EDITS, 5)
        raise errors.InvalidValue(f"{where}: there is no edit {name!r}", name, choices=near or sorted(EDITS))
    options = {key: value for key, value in asked.items() if key != "edit"}
    if isinstance(options.get("select"), dict) and _SELECTED & options["select"].keys():
        raise errors.NotAvailable(
            f"{where} ({name}): which notes are selected in Live is not mirrored, as Live notifies nobody of it",
            hint="ask Live with call_method get_selected_notes_extended of the clip, and give their ids as `ids`",
        )
    try:
        _check_required(EDITS[name], options)
        edit_ = msgspec.convert(_without_percent_signs(EDITS[name], options), EDITS[name], strict=False)
    except (msgspec.ValidationError, ValueError) as problem:
        of_select = "$.select" in str(problem) or (
            isinstance(options.get("select"), dict) and not options["select"].keys() <= _SELECT_OPTIONS
        )
        known = f"select: {select_options()}" if of_select else f"options: {_listed_options(EDITS[name])}"
        raise errors.InvalidValue(f"{where} ({name}): {problem}", options, hint=known) from None
    if "seed" in options and not edit_.is_random():
        raise errors.InvalidValue(
            f"{where} ({name}): `seed` has no effect, as nothing is random here", hint="leave `seed` out"
        )
    return edit_


_SELECT_OPTIONS = set(Selection.__struct_fields__)
_PERCENT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*%\s*")


def _without_percent_signs(class_: type[Edit], options: dict[str, Any]) -> dict[str, Any]:
    """The options with "58 %" as 58, and as 0.58 where the option is a share from 0 to 1."""
    shares = {
        field.name
        for field in msgspec.structs.fields(class_)
        if any(alternative.get("maximum") == 1 for alternative in _alternatives(field))
    }
    numbers = dict(options)
    for name, value in options.items():
        match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        if match is not None:
            numbers[name] = float(match[1]) / (100 if name in shares else 1)
    return numbers


def _check_required(class_: type[Edit], options: Collection[str]) -> None:
    """Raise a ValueError that names all missing options."""
    required = [field.name for field in msgspec.structs.fields(class_) if field.required]
    missing = [f"`{name}`" for name in required if name not in options]
    if missing:
        raise ValueError(f"it needs {' and '.join(missing)}")


def _listed_options(class_: type[Edit]) -> str:
    """Every option with its type and default, and `select`."""
    fields = msgspec.structs.fields(class_)
    return ", ".join([*(_option(field) for field in fields if field.name != "select"), "select"])


def edit_summary(name: str) -> str:
    """A description of an edit in one sentence."""
    return " ".join((EDITS[name].__doc__ or "").split()).split(". ")[0].rstrip(".")


def edit_line(name: str) -> str:
    """An edit in one line: its description and its options."""
    options = [_option(field) for field in msgspec.structs.fields(EDITS[name]) if field.name != "select"]
    return f"{edit_summary(name)}: {', '.join(options)}" if options else edit_summary(name)


def edit_options(name: str) -> str:
    """An edit's description, and its options with their types, for people and models."""
    class_ = EDITS[name]
    words = " ".join((class_.__doc__ or "").split())
    options = ", ".join(_option(field) for field in msgspec.structs.fields(class_) if field.name != "select")
    needs = f" At least one of {', '.join(class_.needs)}." if class_.needs else ""
    return f"{words}{needs} Options: {options}" if options else words


def select_options() -> str:
    """The conditions of `select`; a note must match every condition that is set."""
    return ", ".join(_option(field) for field in msgspec.structs.fields(Selection))


def _option(field: msgspec.structs.FieldInfo) -> str:
    parts = _alternatives(field)
    kinds = [part.get("enum") or part.get("type", "") for part in parts]
    said = "|".join(
        "|".join(map(str, kind)) if isinstance(kind, list) else str(kind) for kind in kinds if kind
    )
    said += "".join(_limits(part) for part in parts)
    if field.required:
        return f"{field.name} ({said})"
    default = "" if field.default in (UNSET, msgspec.NODEFAULT) else f" = {field.default}"
    return f"{field.name} ({said}{default})"


def _alternatives(field: msgspec.structs.FieldInfo) -> list[dict[str, Any]]:
    """The JSON schemas of a field; a value must match one of them."""
    schema = msgspec.json.schema(field.type) if field.type is not UnsetType else {}
    parts: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return parts


def _limits(schema: dict[str, Any]) -> str:
    """A number's range: " 0..1", " above 0", " 2 or more"."""
    low, above, high = (schema.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    words = f" above {above:g}" if above is not None else ""
    if low is not None and high is not None:
        return f" {low:g}..{high:g}"
    words += f" {low:g} or more" if low is not None else ""
    return words + (f" up to {high:g}" if high is not None else "")


class Replacement(NamedTuple):
    """A note that the clip loses, because an edit put another note at its pitch and start."""

    edit: int
    name: str
    note: Note
    """The lost note, at the pitch and start of the note that replaces it."""


class Transformed(NamedTuple):
    """The result of a list of edits."""

    notes: list[Note]
    """In order of time; no two of one pitch overlap, so that writing them removes and cuts no other note."""
    replaced: list[Replacement]
    slivers: int
    """Number of notes that are removed, because they would be cut to less than a 1/64 note."""
    cut: int
    """Number of notes that edits cut where the next note of their pitch starts."""


def transform(edits: Iterable[Edit], notes: Iterable[Note], context: Context) -> Transformed:
    """The notes after all `edits` in order; after each edit the notes are as a clip of Live would keep them.

    So one call with many edits gives the same notes as one call for each of them (with the right to overwrite).

    Raises:
      InvalidValue: a note would leave 0 to 127, or an option does not fit the notes.
      TooLarge: there would be more than 50,000 notes.
    """
    present = in_order(notes)
    own = {note.note_id for note in present}
    # As in a clip, a note that an edit makes is newer than the clip's own notes.
    ids = count(1 + max((note.note_id for note in present if note.note_id is not None), default=0))
    result = Transformed([], [], 0, 0)
    for number, edit_ in enumerate(edits):
        chosen, rest = edit_.select.chosen(present, context)
        made = edit_.apply(chosen, context) if chosen or isinstance(edit_, Creates) else []
        beyond = [note.pitch for note in made if not 0 <= note.pitch <= 127]
        if beyond:
            rule = f"edit {number} ({edit_.name}): {len(beyond)} notes would leave the pitches 0 to 127"
            raise errors.InvalidValue(rule, beyond[0], hint="choose other notes or a smaller distance")
        if len(rest) + len(made) > MOST_NOTES:
            raise errors.TooLarge(f"edit {number} ({edit_.name}): at most {MOST_NOTES} notes in one clip")
        clip = settled(rest + [_whole(note) for note in made])
        result.replaced.extend(
            Replacement(number, edit_.name, note)
            for note in clip.replaced
            if note.note_id is not None and note.note_id in own
        )
        result = result._replace(
            slivers=result.slivers + len(clip.slivers),
            cut=result.cut + clip.cut,
        )
        present = [
            note if note.note_id is not None else replace(note, note_id=next(ids)) for note in clip.notes
        ]
    return result._replace(
        notes=[note if note.note_id in own else replace(note, note_id=None) for note in present]
    )


def run(edits: Iterable[Edit], notes: Iterable[Note], context: Context) -> list[Note]:
    """The notes of `transform` alone."""
    return transform(edits, notes, context).notes


def _whole(note: Note) -> Note:
    """The note with times as ints where they are whole numbers of ticks."""
    if isinstance(note.start, int) and isinstance(note.duration, int):
        return note
    return replace(note, start=exact(note.start), duration=exact(note.duration))


class Creates(Edit):
    """The base of edits that can create notes in an empty clip."""


# -- shared by edits -----------------------------------------------------------------------------------------

Curve = Literal["linear", "exponential", "s-curve"]


def curved(position: float, curve: Curve) -> float:
    """Map 0..1 to 0..1 along a curve; 0 and 1 do not change."""
    match curve:
        case "exponential":
            return position * position
        case "s-curve":
            return position * position * (3 - 2 * position)
        case _:
            return position


def whole_step(context: Context, value: Time) -> int:
    """A grid's step in whole ticks.

    Raises:
      InvalidValue: the step is no whole number of ticks (finer than 1/40320 of a beat).
    """
    step = context.length(value)
    if not isinstance(step, int):
        raise errors.InvalidValue(f"{value!r} is no grid: take a note value such as '1/16' or '1/8T'", value)
    return step


def clamped(velocity: float) -> float:
    """A velocity within Live's 1 to 127 for notes that sound."""
    return min(127.0, max(1.0, velocity))


def scale_of(context: Context, text: str | UnsetType) -> Scale:
    """The scale of the key in `text`, or the Set's scale where it is not set."""
    return context.scale if text is UNSET else Scale.of_text(text)
