"""Surfaces made from a specification, components, controls."""

from __future__ import annotations

from ableton.v2.control_surface import (
    BackgroundLayer,
    Component,
    CompoundComponent,
    CompoundLayer,
    ControlElement,
    InputControlElement,
    Layer,
    LayerBase,
    LayerError,
    PrioritizedResource,
    SimpleLayerOwner,
    Skin,
    SkinColorMissingError,
    depends,
    get_control_surfaces,
    inject,
    merge_skins,
)
from ableton.v2.control_surface import ControlSurface as _ControlSurface

from remote_script.headless.frameworks.engine.absent import absent
from remote_script.headless.frameworks.engine.compounds import RowFirstMatrix as ButtonMatrixElement
from remote_script.headless.frameworks.engine.elements import (
    ButtonElement,
    EncoderElement,
)
from remote_script.headless.frameworks.engine.midi import (
    MIDI_CC_TYPE,
    MIDI_INVALID_TYPE,
    MIDI_NOTE_TYPE,
    MIDI_PB_TYPE,
    MIDI_SYSEX_TYPE,
)


class ElementsBase:
    """Where a specification's controls are made; `add_button(60, "Play")` sets the attribute `play`."""

    def __init__(self, global_channel=0, *args, **kwargs):
        self._channel = global_channel

    def _put(self, name, element):
        element.name = name
        setattr(self, name.lower().replace(" ", "_"), element)
        return element

    def _message(self, words):
        return words.get("msg_type", MIDI_CC_TYPE), words.get("channel", self._channel)

    def add_button(self, identifier, name, **words):
        """A button with a note or controller number (`msg_type`, `channel`, `is_momentary`)."""
        made = ButtonElement(words.get("is_momentary", True), *self._message(words), identifier)
        return self._put(name, made)

    def add_encoder(self, identifier, name, **words):
        """A knob (`msg_type`, `channel`, `map_mode`)."""
        return self._put(name, EncoderElement(*self._message(words), identifier, words.get("map_mode", 0)))

    def add_element(self, name, element_factory, *args, **words):
        """Whatever the factory makes."""
        return self._put(name, element_factory(*args, **words))

    def add_matrix(self, identifiers, base_name, element_factory=None, **words):
        """Rows of buttons, or of what `element_factory(identifier, channel)` makes."""
        kind, channel = self._message(words)

        def button(identifier, channel):
            return ButtonElement(True, kind, channel, identifier)

        make = element_factory or button
        rows = [[make(identifier, channel) for identifier in row] for row in identifiers]
        return self._put(base_name, ButtonMatrixElement(rows))

    def add_button_matrix(self, identifiers, base_name, **words):
        """Rows of buttons."""
        return self.add_matrix(identifiers, base_name, **words)


class ControlSurfaceSpecification:
    """What a surface is made of; a script's own derives from it and sets what it needs."""

    elements_type = ElementsBase
    control_surface_skin = None
    num_tracks = 8
    num_scenes = 0
    include_returns = False
    include_master = False
    right_align_non_player_tracks = False
    component_map = {}
    create_mappings_function = None
    identity_response_id_bytes = None
    hello_messages = None
    goodbye_messages = None
    send_goodbye_messages_last = False


class ControlSurface(_ControlSurface):
    """`ControlSurface(specification, c_instance=…)` makes the specification's controls and components.

    Guess: of `create_mappings_function` only the mappings of a component's `set_<name>` or control are carried out.
    """

    def __init__(self, specification=ControlSurfaceSpecification, c_instance=None, *args, **kwargs):
        super().__init__(c_instance)
        self.specification = specification
        with self.component_guard():
            self.elements = specification.elements_type()
            made = dict(specification.component_map)
            self.component_map = {name: make(name=name) for name, make in made.items()}
            self._map()
            self.setup()
        for message in specification.hello_messages or ():
            self.send_midi(message)

    def _map(self):
        mappings = type(self.specification).__dict__.get("create_mappings_function")
        mappings = mappings or vars(self.specification).get("create_mappings_function")
        if mappings is None:
            return
        mappings = getattr(mappings, "__func__", mappings)
        for name, wanted in mappings(self).items():
            component = self.component_map.get(name)
            if component is None:
                self.log_message("no component is called %r, so its controls are not mapped" % name)
                continue
            controls = {
                each: getattr(self.elements, element) if isinstance(element, str) else element
                for each, element in wanted.items()
                if each not in ("enable", "priority")
            }
            component.layer = Layer(**controls)

    def setup(self):
        """For a subclass: called once when controls and components are there."""

    def disconnect(self):
        """Live switches the script off."""
        for message in self.specification.goodbye_messages or ():
            self.send_midi(message)
        super().disconnect()


def create_skin(skin=None, colors=None):
    """A skin of one or two classes of colours."""
    return merge_skins(*[Skin(each) for each in (skin, colors) if each is not None])


__getattr__ = absent(
    __name__,
    (
        "BANK_MAIN_KEY", "ClipCreator", "DEFAULT_BANK_SIZE", "DecoratingFactory", "DeviceBankRegistry",
        "DeviceProvider", "DisplaySpecification", "FixedLengthRecordingHandler", "InstrumentFinder",
        "ParameterInfo", "ScriptForwarding", "Toggle", "use",
    ),
)  # fmt: skip
