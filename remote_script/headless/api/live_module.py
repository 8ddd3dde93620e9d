"""The module `Live` and its submodules as scripts import them, for one headless Live.

The modules have everything that the facts name; module functions without behaviour raise NotImplementedError by name.
"""

from __future__ import annotations

import os
import random
import sys
import types
from typing import Any, Callable, Dict, Set, Tuple

from ...SetMirror.contract import scales
from ..model.simpler import VOICES
from . import facts as lom
from .boost import Instance, mismatch
from .handles import not_done
from .values import Text

STANDARD = ("Live",)


class LimitationError(Exception):
    """Raised when the edition of Live has reached a limit."""


LimitationError.__module__ = "Base"

FUNCTIONS: Dict[str, Callable[..., Any]] = {}
"""Full name → function(live, *args); arguments arrive checked, with nodes in place of handles."""


GUESSES: Set[str] = set()
"""Functions whose behaviour is a guess, by full name."""


def function(name: str, guess: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a module function its behaviour."""

    def register(behaviour: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS[name] = behaviour
        if guess:
            GUESSES.add(name)
        return behaviour

    return register


@function("Application.get_application")
def _get_application(live: Any) -> Any:
    return live.document.application


@function("Application.get_random_int", guess=True)
def _get_random_int(live: Any, low: int, high: int) -> int:
    """A random integer. Guess: one of `high` values from `low` on."""
    return low + random.randrange(max(1, high))


@function("Application.combine_apcs", guess=True)
def _combine_apcs(live: Any) -> bool:
    return False


@function("Application.encrypt_challenge", guess=True)
def _encrypt_challenge(live: Any, one: int, two: int, key_index: int) -> Tuple[int, ...]:
    """An answer to a challenge. Guess: any numbers, because only Ableton's devices check the answer."""
    return (one, two)


@function("Application.encrypt_challenge2", guess=True)
def _encrypt_challenge2(live: Any, number: int) -> int:
    return number


@function("Base.log")
def _log(live: Any, text: str) -> None:
    live.log(text)


@function("Base.get_text", guess=True)
def _get_text(live: Any, group: str, name: str) -> Any:
    """One of Live's texts. Guess: the name itself, because Live's own texts are not known here."""
    return Text.of(name)


@function("Base.subst_args")
def _subst_args(live: Any, text: Any, *args: str) -> str:
    out = str(text.text)
    for index, argument in enumerate(args):
        out = out.replace("$%d" % (index + 1), argument)
    return out


@function("Licensing.authorization_clock_days_ahead", guess=True)
def _clock_days_ahead(live: Any) -> int:
    """The option `_AuthClockDaysAhead`, in days."""
    return int(live.options.get("_AuthClockDaysAhead", 0))


# Guess: the addresses; headless Live never connects to them.


@function("Licensing.get_services_url", guess=True)
def _services_url(live: Any) -> str:
    return "https://www.ableton.com"


@function("Licensing.get_authorization_page_url", guess=True)
def _authorization_page_url(live: Any, reauthorize: bool, is_trial: bool) -> str:
    wanted = "trial" if is_trial else "reauthorize" if reauthorize else "authorize"
    return "https://www.ableton.com/%s/" % wanted


@function("Licensing.get_purchase_live_url", guess=True)
def _purchase_live_url(live: Any) -> str:
    return "https://www.ableton.com/shop/live/"


@function("Licensing.get_unlock_dir", guess=True)
def _unlock_dir(live: Any) -> Tuple[str, bool]:
    """The folder for unlock files. Guess: a folder of the user's on a Mac; headless Live neither makes nor opens it."""
    return os.path.join(os.path.expanduser("~"), "Library", "Application Support", "Ableton", "Unlock"), False


@function("Song.get_all_scales_ordered")
def _scales(live: Any) -> Any:
    return scales.SCALES


@function("SimplerDevice.get_available_voice_numbers")
def _voices(live: Any) -> Any:
    return VOICES


def _midi_map(name: str) -> None:
    def behaviour(live: Any, *args: Any) -> bool:
        # A map has the handle of the script that builds the map; the arguments of a forward function start with the
        # script.
        handle = args[1] if name.startswith("forward") else args[0]
        for script in live.scripts:
            if script.handle == handle:
                script.midi_map.append((name, args[2:] if name.startswith("forward") else args[1:]))
                return True
        raise RuntimeError("There is no MIDI map with the handle %r" % (handle,))

    FUNCTIONS["MidiMap." + name] = behaviour


for _name in (
    "forward_midi_cc",
    "forward_midi_note",
    "forward_midi_pitchbend",
    "map_midi_cc",
    "map_midi_cc_with_feedback_map",
    "map_midi_note",
    "map_midi_note_with_feedback_map",
    "map_midi_pitchbend",
    "map_midi_pitchbend_with_feedback_map",
    "send_feedback_for_parameter",
):
    _midi_map(_name)


def make_modules(live: Any) -> Dict[str, types.ModuleType]:
    """`Live`, `Live.Song`, … of this headless Live, by full name."""
    surface = live.surface
    root = types.ModuleType("Live")
    root.__path__ = []
    modules: Dict[str, types.ModuleType] = {"Live": root}

    def module(name: str) -> Any:
        full = "Live." + name
        if full not in modules:
            modules[full] = types.ModuleType(full)
            setattr(root, name, modules[full])
        return modules[full]

    for name, about in surface.facts.classes.items():
        parts = about.path.split(".")
        holder = module(parts[1])
        for outer in parts[2:-1]:
            holder = getattr(holder, outer, None) or holder
        setattr(holder, parts[-1], surface.classes[name])
    for full, enum in surface.enums.items():
        parts = full.split(".")
        holder = module(parts[0])
        for outer in parts[1:-1]:
            holder = getattr(holder, outer, None) or holder
        setattr(holder, parts[-1], enum)
    for full, about_function in surface.facts.functions.items():
        part, name = full.split(".")
        setattr(module(part), name, _function(live, full, about_function))
    base = module("Base")
    base.Timer = live.timer_class
    base.LimitationError = LimitationError
    if "Application.Variants" in surface.facts.classes:
        module("Application").Variants = VARIANTS
    return modules


VARIANTS: Any = type(
    "Variants",
    (Instance,),
    {
        "__module__": "Application",
        "SUITE": "Suite",
        "STANDARD": "Standard",
        "INTRO": "Intro",
        "LITE": "Lite",
        "BETA": "Beta",
        "TRIAL": "Trial",
    },
)


def _function(live: Any, full: str, about: lom.Method) -> Any:
    surface = live.surface
    owner = full.split(".")[0]
    own = (name for name, cls in surface.facts.classes.items() if cls.path.startswith(f"Live.{owner}."))
    export = surface.exporter(about.returns or "object", next(own, "Song"))
    converters = [surface.importer(arg.type) for arg in about.args]
    positions = {arg.name: index for index, arg in enumerate(about.args) if arg.name}

    def call(*positional: Any, **named: Any) -> Any:
        live.check_thread("Live." + full)
        behaviour = FUNCTIONS.get(full)
        if behaviour is None:
            raise NotImplementedError(not_done("Live." + full))
        values = [arg.default for arg in about.args]
        try:
            if len(positional) > len(values):
                raise TypeError
            for index, value in enumerate(positional):
                values[index] = converters[index](value)
            for key, value in named.items():
                if positions.get(key, -1) < len(positional):
                    raise TypeError
                values[positions[key]] = converters[positions[key]](value)
            if any(value is lom.REQUIRED for value in values):
                raise TypeError
        except TypeError:
            raise mismatch("Live." + owner, about.name, positional, about.signature) from None
        return export(behaviour(live, *values), live.document)

    call.__name__ = call.__qualname__ = about.name
    call.__doc__ = about.signature
    return call


def install(modules: Dict[str, types.ModuleType]) -> None:
    """Make `import Live` find these modules."""
    uninstall()
    sys.modules.update(modules)


def uninstall() -> None:
    for name in [module for module in sys.modules if module == "Live" or module.startswith("Live.")]:
        del sys.modules[name]
