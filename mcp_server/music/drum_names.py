"""Names of drums: pads of a drum rack, the usual words for them, and General MIDI's pitches without a rack."""

from __future__ import annotations

from contextlib import suppress

from mirror import errors

from .. import units

GENERAL_MIDI = {
    "kick": 36, "rim": 37, "snare": 38, "clap": 39, "low tom": 41, "closed hat": 42, "pedal hat": 44, "mid tom": 45,
    "open hat": 46, "high tom": 50, "crash": 49, "ride": 51, "tambourine": 54, "cowbell": 56, "shaker": 70,
}  # fmt: skip
"""Names of drums and their usual pitches, for tracks without a drum rack."""

_SYNONYMS = {
    "kick": ("kick", "bd", "bass drum"),
    "snare": ("snare", "sd"),
    "clap": ("clap", "cp"),
    "closed hat": (
        "closed hat",
        "hihat closed",
        "hat closed",
        "hh closed",
        "chh",
        "closed hh",
        "hihat",
        "hat",
    ),
    "open hat": ("open hat", "hihat open", "hat open", "hh open", "ohh", "open hh"),
    "rim": ("rim", "rs", "sidestick"),
}


def pad(name: str, pads: dict[str, int]) -> int:
    """The pitch of a drum's name, or of a pitch as text: "38", "D1".

    The first match counts: a pad of that name, a pad whose name has a usual word for the drum, General MIDI's drum.
    With a drum rack General MIDI's pitch counts only where the rack has a pad: elsewhere no drum would sound.

    Raises:
      InvalidValue: no pad, drum or pitch has that name.
    """
    plain = name.strip().casefold()
    if plain in pads:
        return pads[plain]
    for word in _SYNONYMS.get(plain, (plain,)):
        fitting = sorted(pad_name for pad_name in pads if word in pad_name)
        if fitting:
            return pads[fitting[0]]
    if plain in GENERAL_MIDI:
        if not pads or GENERAL_MIDI[plain] in pads.values():
            return GENERAL_MIDI[plain]
        raise errors.InvalidValue(f"This drum rack has no pad for {name!r}", name, choices=sorted(pads)[:40])
    with suppress(errors.InvalidValue):
        return units.pitch(plain)
    raise errors.InvalidValue(
        f"No pad or drum is called {name!r}", name, choices=sorted(pads)[:40] or sorted(GENERAL_MIDI)
    )


_OF_A_FILL = ("snare", "clap", "rim", "high tom", "mid tom", "low tom")


def of_a_fill(pads: dict[str, int]) -> list[int]:
    """The pitches of a fill: snare and two toms without a drum rack, else the pads of the rack for these drums.

    A rack that has none of them plays all its pads but the kick.
    """
    if not pads:
        return [GENERAL_MIDI[name] for name in ("snare", "mid tom", "low tom")]
    pitches: list[int] = []
    for name in _OF_A_FILL:
        with suppress(errors.InvalidValue):
            pitches.append(pad(name, pads))
    kick = {pitch for name, pitch in pads.items() if any(word in name for word in _SYNONYMS["kick"])}
    others = sorted(set(pads.values()) - kick, reverse=True)
    return list(dict.fromkeys(pitches)) or others or sorted(pads.values())
