"""`setmirror export-midi`: the arrangement of a Set's file, or one clip of it, as a standard MIDI file."""

from __future__ import annotations

from pathlib import Path

import click

from mcp_server.commands import options, outputs
from mcp_server.commands.console import Failure, say, say_json


@click.command("export-midi", short_help="Write a Set's arrangement or a clip as a MIDI file.")
@click.argument("set_file", type=click.Path(exists=True, dir_okay=False))
@click.argument("midi_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--clip", help="Only this clip, by ref: tracks/0/clip_slots/1/clip.")
@options.as_json
def command(set_file: str, midi_file: Path, clip: str | None, as_json: bool) -> None:
    """Write the arrangement of SET_FILE as MIDI_FILE, with tempo, signature, locators and track names.

    An existing file is overwritten if it is a MIDI file. Muted clips and notes are left out. A MIDI file cannot contain
    probabilities and automation.
    """
    from mcp_server.history import read_set
    from mcp_server.music.export import clip_song, song
    from mcp_server.music.midi_files import written
    from mirror.errors import MirrorError
    from mirror.queries import resolve

    try:
        store = read_set(set_file)
        midi_song = song(store) if clip is None else clip_song(store, resolve(store, clip, "Clip"))
        data, rounded = written(midi_song)
    except MirrorError as problem:
        raise Failure(str(problem), str(problem.hint or "")) from None
    outputs.write(midi_file, data, "MIDI file", b"MThd")
    notes = sum(len(track.notes) for track in midi_song.tracks)
    if as_json:
        counts = {"tracks": len(midi_song.tracks), "notes": notes, "locators": len(midi_song.markers)}
        say_json({"file": str(midi_file), **counts, "rounded_times": rounded})
        return
    say(f"{midi_file}: {len(midi_song.tracks)} tracks, {notes} notes, {len(midi_song.markers)} locators")
    if rounded:
        say(f"{rounded} times lie between the ticks of a MIDI file (1/960 of a beat) and were rounded")
