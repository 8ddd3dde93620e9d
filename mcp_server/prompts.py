"""Prompts: the common jobs with a Set, as a person would brief an agent that has these tools.

Names out of the Set are quoted as data. What an argument may be is completed from the mirror: see `completions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Template

import mcp_types as types

from mirror import errors

LONGEST = 2000


@dataclass(frozen=True)
class Prompt:
    """One job: its words, and its arguments as name → (description, default)."""

    name: str
    title: str
    description: str
    text: str
    arguments: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def declared(self) -> types.Prompt:
        """As `prompts/list` shows it."""
        return types.Prompt(
            name=self.name,
            title=self.title,
            description=self.description,
            arguments=[
                types.PromptArgument(name=name, description=told, required=default == "")
                for name, (told, default) in self.arguments.items()
            ],
        )

    def filled(self, given: Mapping[str, str]) -> types.GetPromptResult:
        """The prompt with its arguments.

        Raises:
          InvalidParams: one is missing, unknown or too long.
        """
        values = {}
        for name, value in given.items():
            if name not in self.arguments:
                known = ", ".join(self.arguments) or "none"
                raise errors.InvalidParams(f"{self.name} has no argument {name!r}", hint=f"it has: {known}")
            if len(value) > LONGEST:
                raise errors.TooLarge(f"`{name}` may have {LONGEST} characters")
            values[name] = _one_line(value)
        for name, (_, default) in self.arguments.items():
            values[name] = values.get(name) or default
            if not values[name]:
                raise errors.InvalidParams(f"{self.name} needs `{name}`")
        text = Template(self.text).substitute(values)
        content = types.TextContent(type="text", text=text)
        return types.GetPromptResult(
            description=self.description, messages=[types.PromptMessage(role="user", content=content)]
        )


def _one_line(text: str) -> str:
    """An argument is a part of a sentence: with line breaks it could pass for sentences of its own."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


PROMPTS = {
    each.name: each
    for each in (
        Prompt(
            "explain_set",
            "Explain this Set",
            "What is in the open Set and how it is put together.",
            "Read the Set with get_set, then get_track for the tracks that matter. Tell in plain words: tempo, key "
            "and signature; what each track is for, its instrument and effects; how session and arrangement relate; "
            "what looks unfinished or odd. Change nothing.",
        ),
        Prompt(
            "sketch_beat",
            "Sketch a beat",
            "A drum pattern with bass in new tracks.",
            "Sketch a $style beat of $bars bars. Begin with get_set for tempo and key. Make one MIDI track for "
            "drums and one for bass (create), load instruments (browse, load), and write the notes with "
            "create_clip in the compact form, with velocities that breathe. Keep to notes of the song's scale. Put "
            "everything that belongs together in one call, fire the scene, and say how to undo it.",
            {
                "style": ("such as lo-fi hip hop, house at 122, drum and bass", "lo-fi hip hop"),
                "bars": ("1 to 16", "4"),
            },
        ),
        Prompt(
            "arrange_session",
            "Arrange from session",
            "Lays the session's clips out as a song.",
            "Turn the session into an arrangement of this form: $form. Read the scenes and clips with get_set and "
            "get_track, say which scene serves which part, then copy clips with duplicate (time='5.1.1' and so "
            "on), set a cue point at each part with create, and check the result with get. The song must "
            "be stopped. Do not delete anything of the session.",
            {
                "form": (
                    "the parts and their lengths in bars",
                    "intro 8, verse 16, chorus 16, verse 16, chorus 16, outro 8",
                )
            },
        ),
        Prompt(
            "check_mix",
            "Mix check",
            "Levels, panning, sends and effects, with proposals.",
            "Check the mix$focus. Read every track with get_set and get_track. Look for: volumes close to 0 dB or "
            "far apart, everything in the centre, low end on more than bass and kick, doubled reverbs, soloed or "
            "muted leftovers, sends that go nowhere. List findings with refs and propose changes in dB and Hz. "
            "Apply none before they are agreed to; then put all of them in one batch.",
            {"focus": ("what to look at most, such as ': the low end'", " as a whole")},
        ),
        Prompt(
            "clean_up",
            "Clean up a Set",
            "Names, colours and leftovers.",
            "Clean up the Set: find tracks with default names, empty tracks, empty scenes, clips without names, "
            "devices that are off. Propose names after what the tracks hold, and colours by kind. List all "
            "proposed changes first. Delete nothing without being told to. Make the agreed changes with one batch.",
        ),
        Prompt(
            "design_sound",
            "Sound design on a device",
            "Shapes one device towards a description.",
            "Shape the device $device so that it sounds $sound. Read it with get_device, explain in two lines which "
            "parameters you will move and why, set them with one set_device call in Live's own units, and report "
            "the texts that Live shows afterwards. Offer to undo it by its write id.",
            {"device": ("a device by ref or name", ""), "sound": ("such as darker, with a slow swell", "")},
        ),
    )
}


def find(name: str) -> Prompt:
    """The prompt of that name.

    Raises:
      NotFound: there is none.
    """
    if name not in PROMPTS:
        raise errors.NotFound(
            f"There is no prompt {name!r}", name, hint=f"the prompts are {', '.join(PROMPTS)}"
        )
    return PROMPTS[name]
