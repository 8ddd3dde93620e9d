"""A script of the second generation with parameters, decorated devices and lists of devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remote_script.headless import HeadlessLive

Load = Callable[..., Any]

DEVICES = """
    from ableton.v2.control_surface import (
        BANK_MAIN_KEY, BANK_PARAMETERS_KEY, DecoratorFactory, DeviceDecoratorFactory, DeviceProvider, IntegerParameter,
        InternalParameterBase, LiveObjectDecorator, NotifyingList, RelativeInternalParameter, WrappingParameter,
        device_to_appoint, find_instrument_devices, find_instrument_meeting_requirement, get_parameter_by_name,
        is_parameter_quantized, select_and_appoint_device, to_percentage_display,
        ControlSurface, BankingInfo, DescribedDeviceParameterBank,
    )
    from ableton.v2.base import EventObject, duplicate_clip_loop, is_parameter_bipolar, listenable_property
    from ableton.v2.control_surface.components import (
        DisplayingDeviceParameterComponent, FlattenedDeviceChain, ItemListerComponent, ItemProvider, ItemSlot,
        SimpleItemSlot, is_empty_rack, nested_device_parent,
    )
    from ableton.v2.control_surface.device_decorator_factory import DeviceDecoratorFactory as Factory
    from ableton.v2.control_surface.device_parameter_bank import DeviceParameterBank, MaxDeviceParameterBank
    from ableton.v2.control_surface.elements import DisplayDataSource, DisplayElement
    from ableton.v2.control_surface.percussion_instrument_finder import find_drum_group_device, find_sliced_simpler
    from ableton.v2.control_surface.parameter_slot_description import (
        AND, CONDITION_NAME_KEY, CONDITIONS_LIST_NAME_KEY, DISPLAY_NAME_TRANSFORMER_KEY, OPERAND_NAME_KEY,
        PREDICATE_KEY, RESULTING_NAME_KEY,
    )

    class Model(EventObject):
        level = listenable_property.managed(0.5)
        steps = listenable_property.managed(3)

    class Doubled(LiveObjectDecorator):
        @property
        def twice(self):
            return 2 * len(self.parameters)

    class Operators(Factory):
        DECORATOR_CLASSES = {"Operator": Doubled}

    class Names(ItemProvider):
        def __init__(self, items):
            super().__init__()
            self._items, self._selected = items, items[1][0]

        @property
        def items(self):
            return self._items

        @property
        def selected_item(self):
            return self._selected

    class Own(InternalParameterBase):
        value, min, max, display_value = 1, 0, 2, "one"

    class Made(ControlSurface):
        def __init__(self, c_instance):
            super().__init__(c_instance)
            tracks = self.song.tracks
            operator, rack = tracks[2].devices[0], tracks[1].devices[0]
            self.model, parent = Model(), operator
            self.wrapped = WrappingParameter(
                name="Level", parent=parent, property_host=self.model, source_property="level",
                from_property_value=lambda value, _: value, to_property_value=lambda value, _: value,
                display_value_conversion=to_percentage_display,
            )
            self.steps = IntegerParameter(
                name="Steps", integer_value_host=self.model, integer_value_property_name="steps", min_value=1,
                max_value=9,
            )
            self.relative = RelativeInternalParameter(name="Shift", parent=parent)
            decorated = Operators().decorate(operator)
            values = NotifyingList(("a", "b"), default_value=1)
            own, plain = Own(name="Own"), DecoratorFactory().decorate(operator)
            with self.component_guard():
                self.provider = DeviceProvider(song=self.song)
                self.chain = FlattenedDeviceChain()
                self.chain.set_device_parent(tracks[1])
                names = Names([(each, 0) for each in tracks[:3]])
                self.lister = ItemListerComponent(item_provider=names, num_visible_items=2)
                self.shown = DisplayingDeviceParameterComponent()
            bank = DescribedDeviceParameterBank(
                operator, BankingInfo({"Operator": {BANK_MAIN_KEY: {BANK_PARAMETERS_KEY: ("Volume", "Tone")}}}),
            )
            pages = DeviceParameterBank(device=operator, size=8)
            self.found = {
                "decorated": (decorated.twice == 2 * len(operator.parameters), decorated == operator),
                "plain": plain == operator, "kinds": (DeviceDecoratorFactory is Factory,),
                "values": (values.index, values.available_values), "own": (own.name, str(own), own.default_value),
                "bank": [name for _, name in bank.parameters][:2],
                "banks": (issubclass(MaxDeviceParameterBank, DeviceParameterBank), pages.bank_count()),
                "instruments": [each.name for each in find_instrument_devices(tracks[1])][0] == rack.name,
                "found": find_instrument_meeting_requirement(lambda each: each.can_have_chains, tracks[1]) == rack,
                "drums": (find_drum_group_device(tracks[0]) == tracks[0].devices[0], find_sliced_simpler(tracks[0])),
                "volume": get_parameter_by_name(decorated, "Volume").name,
                "quantized": is_parameter_quantized(operator.parameters[0], operator),
                "bipolar": is_parameter_bipolar(tracks[0].mixer_device.panning),
                "nested": nested_device_parent(operator), "empty": is_empty_rack(rack),
                "appoint": device_to_appoint(operator) == operator,
                "chain": [each[0].name for each in self.chain.items][:1],
                "lister": [item.name for item in self.lister.items],
                "slots": (ItemSlot(item=operator, nesting_level=1).name, SimpleItemSlot(name="x").name),
                "words": (
                    AND, CONDITION_NAME_KEY, CONDITIONS_LIST_NAME_KEY, DISPLAY_NAME_TRANSFORMER_KEY, OPERAND_NAME_KEY,
                    PREDICATE_KEY, RESULTING_NAME_KEY,
                ),
            }

        def go(self, device):
            select_and_appoint_device(self.song, device)

        def double(self, clip):
            duplicate_clip_loop(clip)

    def create_instance(c_instance):
        return Made(c_instance)
"""


def test_later_device_components_show_parameters_and_lists_of_devices(live: HeadlessLive, load: Load) -> None:
    made = load(DEVICES).instance
    song, found = live.song, made.found
    words = found.pop("words")
    assert len({*map(str, words)}) == 7
    assert found == {
        "decorated": (True, True), "plain": True, "kinds": (True,), "values": (1, ("a", "b")),
        "own": ("Own", "one", 0), "bank": ["Volume", "Tone"], "banks": (True, 9), "instruments": True,
        "found": True, "drums": (True, None), "volume": "Volume", "quantized": True, "bipolar": True,
        "nested": None, "empty": False, "appoint": True, "chain": ["Worn Rhodes"], "lister": ["Drums", "Keys"],
        "slots": ("Round Sub", "x"),
    }  # fmt: skip
    made.wrapped.value = 0.25
    assert (made.model.level, made.wrapped.display_value) == (0.25, "25.0 %")
    made.steps.value = 5
    assert (made.model.steps, made.steps.max, made.steps.display_value) == (5, 9, "5")
    assert made.relative.default_value == 0.5
    made.go(song.tracks[2].devices[1])
    live.run_for(0.2)
    assert made.provider.device == song.tracks[2].devices[1]
    made.provider.lock_to_device(song.tracks[1].devices[0])
    made.go(song.tracks[2].devices[0])
    live.run_for(0.2)
    assert (made.provider.is_locked_to_device, made.provider.device) == (True, song.tracks[1].devices[0])
    made.provider.unlock_from_device()
    assert made.provider.device == song.tracks[2].devices[0]
    clip = song.tracks[0].clip_slots[0].clip
    length = clip.loop_end - clip.loop_start
    made.double(clip)
    live.run_for(0.2)
    assert clip.loop_end - clip.loop_start == 2 * length
