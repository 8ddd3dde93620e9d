"""Prompts: common jobs with a Set, worded as a person would brief an agent that has these tools.

Names from the Set are quoted as data. `completions` completes arguments from the mirror.
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
    """One job: its text, and its arguments as name → (description, default)."""

    name: str
    title: str
    description: str
    text: str
    arguments: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def declared(self) -> types.Prompt:
        """The prompt's entry in `prompts/list`."""
        return types.Prompt(
            name=self.name,
            title=self.title,
            description=self.description,
            arguments=[
                types.PromptArgument(name=name, description=description, required=default == "")
                for name, (description, default) in self.arguments.items()
            ],
        )

    def filled(self, arguments: Mapping[str, str]) -> types.GetPromptResult:
        """The prompt's text with its arguments.

        Raises:
          InvalidParams: an argument is missing, unknown or too long.
        """
        values = {}
        for name, value in arguments.items():
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
    """An argument as one line, so that it cannot add paragraphs to the prompt."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


PROMPTS = {
    prompt.name: prompt
    for prompt in (
        Prompt(
            "explain_set",
            "Explain this Set",
            "What is in the open Set and how it is put together.",
            "Read the Set with get_set(), its music with analyze(), then get_track(track=...) for the tracks that "
            "matter. Say in plain words: tempo, key and signature; the role of each track, its instrument and "
            "effects; how session and arrangement relate; what looks unfinished or odd. Change nothing.",
        ),
        Prompt(
            "sketch_beat",
            "Sketch a beat",
            "A drum pattern with chords and bass in new tracks.",
            "Sketch a $style beat of $bars bars. Begin with get_set() for tempo and key. If "
            "recipe(action='show', name='genre-template') has the genre, "
            "recipe(action='run', name='genre-template', parameters={'genre': ...}) makes tracks with instruments, "
            "drums, chords and bass in one undo step. Otherwise one batch(calls=...) makes each track with "
            "create(kind='midi', name=...), its instrument with insert_device(to=..., name=...) and its clip with "
            "compose(part='drums', into=..., style=..., length='$bars bars'), "
            "compose(part='chords', into=..., text=..., rhythm=...) or compose(part='bass', into=..., text=..., "
            "style=...). Then make it breathe with transform_notes(clips=..., edits=[{'edit': 'swing', "
            "'percent': 58}, {'edit': 'humanize', 'velocity': 8}]) and keep to the song's scale with the edit "
            "fit_to_scale. Play it with fire(target=...), and say how to undo it.",
            {
                "style": ("such as lo-fi hip hop, house at 122, drum and bass", "lo-fi hip hop"),
                "bars": ("1 to 16", "4"),
            },
        ),
        Prompt(
            "arrange_session",
            "Arrange from session",
            "Lays the session's clips out as a song.",
            "Turn the session into an arrangement of this form: $form. Read the scenes with get_set(), say which "
            "scene serves which part, then try the whole form dry with arrange(sections=[{'name': 'Intro', "
            "'bars': 8, 'scene': 0}], dry_run=True): the answer says section by section what would come and what "
            "Live's API cannot do. Vary it with the fields without, half and fill of a section. Then make the same "
            "call without dry_run; it sets a locator at each section and is one undo step. Where clips lie in the "
            "way, ask before overwrite=True is added. Check the result with analyze(). Do not delete anything of "
            "the session.",
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
            "Check the mix, above all $focus. Read the Set with get_set() and analyze(), and the tracks that "
            "matter with get_track(track=...). While the song plays, analyze(listen_s=8) measures peaks and "
            "headroom. Look for: volumes close to 0 dB or far apart, everything in the centre, low end on more "
            "than bass and kick, doubled reverbs, soloed or muted leftovers, sends that go nowhere. List findings"
            " with refs and propose changes in dB and Hz. Apply none before they are agreed to; then keep the "
            "present state with mix(action='save', name='before') and put all changes in one batch(calls=...).",
            {"focus": ("what to look at most, such as the low end", "its balance as a whole")},
        ),
        Prompt(
            "clean_up",
            "Clean up a Set",
            "Names, colours and leftovers.",
            "Clean up the Set: analyze() names empty clips, tracks that never sound, empty racks, devices that are "
            "off and clips without names; get_set() shows tracks with default names and empty scenes. "
            "recipe(action='dry_run', name='clean-up') and recipe(action='dry_run', name='colour-and-name') say "
            "what they would change. List all proposed changes first. Delete nothing before it is agreed to. Make "
            "the agreed changes with recipe(action='run', name=...) or one batch(calls=...).",
        ),
        Prompt(
            "design_sound",
            "Sound design on a device",
            "Shapes one device towards a description.",
            "Shape the device $device so that it sounds $sound. Read it with get_device(device=...) and what is "
            "known of it with describe(what=...), explain in two lines which parameters you will move and why, set "
            "them with one set_device(device=..., parameters=...) in Live's own units, and report the texts that "
            "Live shows afterwards. Offer undo(write=...) with the id of that write.",
            {"device": ("a device by ref or name", ""), "sound": ("such as darker, with a slow swell", "")},
        ),
    )
}


def find(name: str) -> Prompt:
    """The prompt of that name.

    Raises:
      NotFound: no prompt has that name.
    """
    if name not in PROMPTS:
        raise errors.NotFound(
            f"There is no prompt {name!r}", name, hint=f"the prompts are {', '.join(PROMPTS)}"
        )
    return PROMPTS[name]
