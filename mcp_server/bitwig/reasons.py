"""The reasons why a property or method of Live is not available in Bitwig, and what to do instead."""

from __future__ import annotations

from remote_script.SetMirror.contract.errors import BridgeError

LACKS: dict[str, tuple[str, str]] = {
    "Song.undo": ("no undo", "press Ctrl+Z or Cmd+Z in Bitwig, or put the values back with `revert`"),
    "Song.redo": ("no redo", "press Ctrl+Y or Cmd+Y in Bitwig"),
    "Song.tempo": ("no way to set the tempo", "set it in Bitwig; the mirror follows"),
    "Song.signature_numerator": ("no way to set the time signature", "set it in Bitwig"),
    "Song.signature_denominator": ("no way to set the time signature", "set it in Bitwig"),
    "Song.delete_scene": ("no way to delete a scene", "delete it in Bitwig"),
    "Song.duplicate_track": ("no way to copy a track", "create one, and its clips with their notes"),
    "Scene.fire": ("no way to launch scenes or clips", "launch them in Bitwig; stopping works"),
    "Clip.fire": ("no way to launch scenes or clips", "launch them in Bitwig; stopping works"),
    "ClipSlot.fire": ("no way to launch scenes or clips", "launch them in Bitwig; stopping works"),
    "Track.color": ("no colours", "set them in Bitwig"),
    "Clip.color": ("no colours", "set them in Bitwig"),
    "Track.create_midi_clip": ("no Arrangement", "create the clip in a slot"),
    "Track.create_audio_clip": ("no Arrangement", "create the clip in a slot"),
    "Track.insert_device": ("no devices", "insert it in Bitwig"),
    "ClipSlot.create_audio_clip": ("no audio clips", "drag the file into Bitwig"),
}
"""Class.member → what the protocol does not offer, and the next step."""


def lacking(class_: str, member: str) -> BridgeError:
    """The refusal of a property or method that the protocol does not offer."""
    what, hint = LACKS.get(f"{class_}.{member}", (f"no `{member}` of a {class_}", "do it in Bitwig"))
    return BridgeError(
        "NOT_AVAILABLE", f"The protocol of Bitwig's extension has {what}", f"{class_}.{member}", hint=hint
    )
