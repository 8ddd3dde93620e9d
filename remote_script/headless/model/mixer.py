"""The mixer of a track and of a chain."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from ..node import Document, Node, model
from ..sets.spec import MixerSpec
from .parameter import Parameter, plain, single, switch

UNITY = 0.85
TEMPO_LOW, TEMPO_HIGH = 20.0, 999.0


class TempoParameter(Parameter):
    """The song's tempo as a parameter of the main track's mixer."""

    SYNCED = frozenset()
    min = TEMPO_LOW
    max = TEMPO_HIGH

    def get_value(self) -> float:
        return single(self.doc.song.tempo)

    def automate(self, value: float) -> None:
        self.doc.song.derive("tempo", min(max(single(value), self.min), self.max))

    def put(self, value: float) -> None:
        self.doc.song.set_tempo(value)


SEND_IS_OFF = 1
"""Guess: `state` of a send that is switched off: it can be changed, but is not active."""


def send_parameter(doc: Document, name: str, value: float, is_on: bool = True) -> Parameter:
    made = plain(doc, name, value, 0.0, 1.0, 0.0, "send")
    if not is_on:
        made.state = SEND_IS_OFF
    return made


@model
class Mixer(Node):
    LOM = "MixerDevice"
    OWNS = (
        "volume",
        "panning",
        "track_activator",
        "left_split_stereo",
        "right_split_stereo",
        "sends",
        "crossfader",
        "cue_volume",
        "song_tempo",
    )
    GUESSES = frozenset(("left_split_stereo", "right_split_stereo"))

    volume: Parameter
    panning: Parameter
    track_activator: Parameter
    left_split_stereo: Parameter
    right_split_stereo: Parameter
    sends: Tuple[Parameter, ...] = ()
    crossfader: Optional[Parameter] = None
    cue_volume: Optional[Parameter] = None
    song_tempo: Optional[Parameter] = None
    crossfade_assign = 1
    panning_mode = 0

    @classmethod
    def of(cls, doc: Document, spec: MixerSpec, is_main: bool, returns: List[str]) -> Mixer:
        made = cls(doc)
        made.own("volume", plain(doc, "Track Volume", spec.volume, 0.0, 1.0, UNITY, "volume"))
        made.own("panning", plain(doc, "Track Panning", spec.panning, -1.0, 1.0, 0.0, "pan"))
        made.own("track_activator", switch(doc, "Speaker On", spec.is_on))
        left = plain(doc, "Split Stereo Pan L", spec.left_split_stereo, -1.0, 1.0, -1.0, "pan")
        right = plain(doc, "Split Stereo Pan R", spec.right_split_stereo, -1.0, 1.0, 1.0, "pan")
        made.own("left_split_stereo", left)
        made.own("right_split_stereo", right)
        if is_main:
            made.own("crossfader", plain(doc, "Crossfader", spec.crossfader, -1.0, 1.0, 0.0, "pan"))
            made.own("cue_volume", plain(doc, "Preview Volume", spec.cue_volume, 0.0, 1.0, UNITY, "volume"))
            made.own("song_tempo", TempoParameter(doc, name="Song Tempo", default=120.0))
        else:
            values = list(spec.sends) + [0.0] * len(returns)
            switches = list(spec.send_switches) + [True] * len(returns)
            sends = zip(returns, values, switches)
            made.own("sends", tuple(send_parameter(doc, name, value, on) for name, value, on in sends))
        if spec.crossfade_assign != 1:
            made.crossfade_assign = spec.crossfade_assign
        if spec.panning_mode:
            made.panning_mode = spec.panning_mode
        return made

    @property
    def track(self) -> Any:
        return self.parent

    def on_parameter(self, parameter: Parameter) -> None:
        if parameter is self.track_activator:
            track = self.track
            track.notify("mute")
            self.doc.refresh(("active", id(track)), track.refresh_active)

    def _main_only(self, parameter: Optional[Parameter], text: str) -> Parameter:
        if parameter is None:
            raise RuntimeError(text)
        return parameter

    def get_crossfader(self) -> Parameter:
        return self._main_only(self.crossfader, "Only the main track has a crossfader!")

    def get_cue_volume(self) -> Parameter:
        return self._main_only(self.cue_volume, "Cue volume available on the main track only!")

    def get_song_tempo(self) -> Parameter:
        return self._main_only(self.song_tempo, "Only the main track has the song tempo!")

    def get_crossfade_assign(self) -> int:
        if self.track.kind == "main":
            raise RuntimeError("Main track has no crossfader assignment!")
        return self.crossfade_assign

    def check_crossfade_assign(self, value: int) -> int:
        self.get_crossfade_assign()
        if value not in (0, 1, 2):
            raise RuntimeError("Invalid crossfade assignment!")
        return value

    def check_panning_mode(self, value: int) -> int:
        if value not in (0, 1):
            raise RuntimeError("Invalid panning mode!")
        return value


@model
class ChainMixer(Node):
    LOM = "ChainMixerDevice"
    OWNS = ("volume", "panning", "chain_activator", "sends")

    volume: Parameter
    panning: Parameter
    chain_activator: Parameter
    sends: Tuple[Parameter, ...] = ()

    @classmethod
    def of(
        cls, doc: Document, volume: float, panning: float, is_on: bool, sends: List[Tuple[str, float]]
    ) -> Any:
        made = cls(doc)
        made.own("volume", plain(doc, "Chain Volume", volume, 0.0, 1.0, UNITY, "volume"))
        made.own("panning", plain(doc, "Chain Panning", panning, -1.0, 1.0, 0.0, "pan"))
        made.own("chain_activator", switch(doc, "Chain Activator", is_on))
        made.own("sends", tuple(send_parameter(doc, name, value) for name, value in sends))
        return made

    def on_parameter(self, parameter: Parameter) -> None:
        if parameter is self.chain_activator:
            chain: Any = self.parent
            chain.tell("mute")
            chain.refresh_active()
