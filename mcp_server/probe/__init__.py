"""Small experiments on a Live, which compare its behaviour with the expected behaviour and restore the Set.

Each experiment checks a fact that this program relies on, by writes through the Remote Script. In headless Live all
facts agree; in a real Live a difference is new knowledge. The experiments need a Set without clips and devices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import anyio
import msgspec

from mcp_server.demo.contents import Picture, picture
from mcp_server.probe import (
    application,
    arrangement,
    audio,
    clips,
    costs,
    devices,
    envelopes,
    history,
    listeners,
    mixer,
    notes,
    playing,
    racks,
    scenes,
    song,
    special,
    tracks,
    turns,
)
from mcp_server.probe.bench import AUTHOR, Absent, Bench, Experiment, Outcome, Theme
from mirror import Mirror, Set, errors
from remote_script.SetMirror.contract import schema

THEMES: tuple[Theme, ...] = (
    mixer.THEME,
    tracks.THEME,
    scenes.THEME,
    song.THEME,
    turns.THEME,
    history.THEME,
    clips.THEME,
    arrangement.THEME,
    playing.THEME,
    notes.THEME,
    envelopes.THEME,
    audio.THEME,
    devices.THEME,
    special.THEME,
    racks.THEME,
    application.THEME,
    listeners.THEME,
)

_KEPT = (
    ("view", "selected_track"),
    ("view", "selected_scene"),
    ("song", "start_time"),
    ("song", "back_to_arranger"),
)
"""Properties that Live itself changes when objects are created or played."""


def experiments(only: Iterable[str] = ()) -> list[tuple[Theme, Experiment]]:
    """All experiments in the order in which they run, or only those whose name or theme is in `only`.

    Raises:
      NotFound: a name in `only` is neither an experiment nor a theme.
    """
    wanted = set(only)
    selected = [
        (theme, experiment)
        for theme in THEMES
        for experiment in theme.experiments
        if not wanted or experiment.name in wanted or theme.name in wanted
    ]
    known = {name for theme, experiment in selected for name in (theme.name, experiment.name)}
    for name in sorted(wanted - known):
        raise errors.NotFound(
            f"There is no experiment {name!r}", name, hint="`setmirror probe --list` lists all"
        )
    return selected


def in_the_way(mirror: Mirror) -> list[str]:
    """The objects of the Set that an experiment could harm; empty when the experiments may run."""
    obstacles = [mirror.ref(node.id) for node in mirror.walk() if node.type == "Clip"]
    for track in mirror.children("song", "tracks"):
        obstacles += [mirror.ref(device.id) for device in mirror.children(track, "devices")]
    if not any(node.props.get("has_midi_input") for node in mirror.children("song", "tracks")):
        obstacles.append("no MIDI track")
    if mirror.resolve("song").props.get("is_playing"):
        obstacles.append("it plays")
    return obstacles


def need_empty(mirror: Mirror) -> None:
    """Raise NotAvailable if the Set has objects that an experiment could harm."""
    obstacles = in_the_way(mirror)
    if obstacles:
        raise errors.NotAvailable(
            f"The Set is not empty: {', '.join(obstacles[:5])}",
            hint="open a new Set in Live (a MIDI track, no clips, no devices), then try again",
        )


async def costs_of_listeners(mirror: Mirror) -> dict[str, Any]:
    """The cost of listeners in this Live; see `costs`. Restores the Set.

    Raises:
      NotAvailable: the Set is not empty.
    """
    need_empty(mirror)
    return await costs.measure(mirror)


async def run(mirror: Mirror, report: Callable[[Outcome], None], only: Iterable[str] = ()) -> list[Outcome]:
    """Run the experiments one after the other; the Set is restored before the next.

    Raises:
      NotAvailable: the Set is not empty.
      NotFound: a name in `only` is unknown.
      PreconditionFailed: the Set could not be restored; no further experiment runs.
    """
    chosen = experiments(only)
    need_empty(mirror)
    outcomes: list[Outcome] = []

    def keep(outcome: Outcome) -> None:
        outcomes.append(outcome)
        report(outcome)

    for theme in THEMES:
        mine = [experiment for owner, experiment in chosen if owner is theme]
        if mine:
            await _theme(mirror, theme, mine, keep)
    return outcomes


async def _theme(
    mirror: Mirror, theme: Theme, chosen: list[Experiment], keep: Callable[[Outcome], None]
) -> None:
    live = schema.version(mirror.live_version)
    present = []
    for experiment in chosen:
        if experiment.since > live:
            keep(_absent(experiment, f"it came with Live {schema.since_text(experiment.since)}"))
        else:
            present.append(experiment)
    if not present:
        return
    bench = Bench(mirror)
    before = picture(mirror)
    kept = [(target, name, bench.prop(target, name)) for target, name in _KEPT]
    try:
        # A cancellation takes effect between two experiments only: Live would still perform a write in progress.
        with anyio.CancelScope(shield=True):
            problem = await _staged(bench, theme)
        staged = picture(mirror)
        for experiment in present:
            await anyio.lowlevel.checkpoint()
            if problem is not None:
                keep(_failed(experiment, problem, "its stage could not be prepared"))
                continue
            with anyio.CancelScope(shield=True):
                outcome = await _tried(bench, experiment, staged)
            keep(outcome)
    finally:
        with anyio.CancelScope(shield=True):
            await bench.put_back()
            for target, name, value in kept:
                if value is not None and bench.prop(target, name) != value:
                    with suppress(errors.MirrorError):
                        # Live refuses to set `back_to_arranger` to true again.
                        await mirror.write([Set(target, name, value)], author=AUTHOR)
            undos, left = await bench.back_to(before)
            bench.resources.close()
    if undos:
        fact = f"Every write of {theme.name!r} needs a single undo"
        keep(
            Outcome(
                f"undo_after_{theme.name}",
                fact,
                0,
                undos,
                False,
                note="this number of further undos was needed",
            )
        )
    if left:
        raise errors.PreconditionFailed(
            f"After {theme.name!r} the Set is not as it was: {'; '.join(left[:3])}",
            hint="please report this; undo in Live takes back what is left",
        )


async def _staged(bench: Bench, theme: Theme) -> Exception | None:
    """Create the objects for the theme's experiments; returns the problem, if there is one."""
    try:
        if theme.stage is not None:
            await theme.stage(bench)
    except (errors.MirrorError, Absent) as problem:
        return problem
    await bench.settle()
    return None


async def _tried(bench: Bench, experiment: Experiment, before: Picture) -> Outcome:
    """The outcome of an experiment, judged after the Set is restored to its state `before`."""
    savepoint, revision = bench.savepoint(), bench.mirror.revision
    try:
        expected, seen = await experiment.work(bench)
        outcome = Outcome(
            experiment.name,
            experiment.fact,
            plain(expected),
            plain(seen),
            _agree(expected, seen),
            experiment.guess,
        )
    except Absent as problem:
        outcome = _absent(experiment, str(problem))
    except errors.NotAvailable as problem:
        # Only the bridge's own table adds "live": this version of Live is too old.
        old = "live" in problem.facts
        outcome = _absent(experiment, problem.rule) if old else _failed(experiment, problem)
    except Exception as problem:
        # An unexpected answer of Live is a difference; it does not end the run.
        outcome = _failed(experiment, problem)
    await bench.put_back(savepoint)
    if bench.mirror.revision == revision:
        return outcome
    undos, left = await bench.back_to(before)
    if undos:
        note = f"one undo per write did not restore the Set, {undos} more did"
        outcome = replace(outcome, agrees=False, note=note)
    elif left:
        outcome = replace(outcome, agrees=False, note="the Set could not be restored: " + "; ".join(left[:3]))
    return outcome


def plain(value: Any) -> Any:
    """An expected or seen value in a form for JSON."""
    return msgspec.to_builtins(value, enc_hook=str, str_keys=True)


def _agree(expected: Any, seen: Any) -> bool:
    """True when both values are equal; a list equals a tuple, as in JSON."""
    if isinstance(expected, list | tuple) and isinstance(seen, list | tuple):
        return len(expected) == len(seen) and all(map(_agree, expected, seen))
    if isinstance(expected, dict) and isinstance(seen, dict):
        return expected.keys() == seen.keys() and all(_agree(expected[key], seen[key]) for key in expected)
    return bool(expected == seen)


def _absent(experiment: Experiment, why: str) -> Outcome:
    return Outcome(experiment.name, experiment.fact, None, None, None, experiment.guess, why)


def _failed(experiment: Experiment, problem: Exception, note: str = "") -> Outcome:
    text = f"{type(problem).__name__}: {problem}"
    if isinstance(problem, errors.MirrorError):
        text = f"{problem.error}: {problem.rule}"
    return Outcome(experiment.name, experiment.fact, None, text, False, experiment.guess, note)


__all__ = ["THEMES", "Experiment", "Outcome", "costs_of_listeners", "experiments", "in_the_way", "run"]
