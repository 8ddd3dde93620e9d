"""Lists of items (devices, tracks …) under select buttons: a window over them that scrolls."""

from __future__ import annotations

from typing import Any, Callable, List, Tuple

from .control_groups import control_list
from .controls import ButtonControl
from .events import EventObject, SlotGroup, listenable_property
from .live import device_to_appoint, liveobj_changed, liveobj_valid
from .places import PlacedComponent
from .tools import index_if


class SimpleItemSlot(EventObject):
    """One entry of a list; events `name`, `color_index`."""

    def __init__(
        self, item: Any = None, name: str = "", nesting_level: int = -1, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._item, self._name, self._nesting_level = item, name, nesting_level
        for event, listener in (("name", self._renamed), ("color_index", lambda: self.notify_color_index())):
            if hasattr(item, event + "_has_listener"):
                self.register_slot(item, listener, event)

    @listenable_property
    def name(self) -> str:
        return self._name

    def _renamed(self) -> None:
        self._name = self._item.name
        self.notify_name()

    @listenable_property
    def color_index(self) -> int:
        return getattr(self._item, "color_index", -1)

    @property
    def item(self) -> Any:
        return self._item

    @property
    def nesting_level(self) -> int:
        return self._nesting_level


class ItemSlot(SimpleItemSlot):
    """An entry with the item's own name; equals its item."""

    def __init__(self, item: Any = None, nesting_level: int = 0, **kwargs: Any) -> None:
        super().__init__(item=item, name=item.name, nesting_level=nesting_level, **kwargs)

    def __eq__(self, other: object) -> bool:
        return self is other or self._item == (other._item if isinstance(other, ItemSlot) else other)

    def __hash__(self) -> int:
        return hash(self._item)

    @property
    def _live_ptr(self) -> Any:
        return self._item._live_ptr


class ItemProvider(EventObject):
    """The source of a list's items: pairs of (item, nesting level); events `items`, `selected_item`."""

    __events__ = ("items", "selected_item")

    @property
    def items(self) -> List[Tuple[Any, int]]:
        return []

    @property
    def selected_item(self) -> Any:
        return None


class ItemListerBase(PlacedComponent):
    """The entries of a window of `num_visible_items`; event `items`."""

    __events__ = ("items",)

    def __init__(
        self, item_provider: Any = None, num_visible_items: int = 8, *args: Any, **kwargs: Any
    ) -> None:
        self._item_provider = ItemProvider() if item_provider is None else item_provider
        self._num_visible_items = num_visible_items
        self._item_offset = 0
        self._items: List[Any] = []
        super().__init__(*args, **kwargs)
        self.register_slot(self._item_provider, self._provider_changed, "items")
        self.update_items()

    def _provider_changed(self, *_event_args: Any) -> None:
        self.update_items()
        self._on_items_changed()

    def _on_items_changed(self) -> None:
        """Called when the items changed; for subclasses."""

    @property
    def items(self) -> List[Any]:
        return self._items

    @property
    def item_provider(self) -> Any:
        return self._item_provider

    @property
    def item_offset(self) -> int:
        return self._item_offset

    @item_offset.setter
    def item_offset(self, offset: int) -> None:
        self._item_offset = offset
        self.update_items()

    def reset_offset(self) -> None:
        self._item_offset = 0

    def can_scroll_left(self) -> bool:
        return self._item_offset > 0

    def can_scroll_right(self) -> bool:
        return len(self._item_provider.items[self._item_offset :]) > self._num_visible_items

    def scroll_left(self) -> None:
        self.item_offset -= 1

    def scroll_right(self) -> None:
        self.item_offset += 1

    def update_items(self) -> None:
        for item in self._items:
            self.disconnect_disconnectable(item)
        last = max(0, len(self._item_provider.items) - self._num_visible_items)
        self._item_offset = min(self._item_offset, last)
        self._items = [self.register_disconnectable(slot) for slot in self._create_slots()]
        self.notify_items()

    def _create_slots(self) -> List[Any]:
        window = self._item_provider.items[self._item_offset :][: self._num_visible_items]
        return [
            self._create_slot(index, *item) for index, item in enumerate(window) if liveobj_valid(item[0])
        ]

    def _create_slot(self, index: int, item: Any, nesting_level: int) -> Any:
        return ItemSlot(item=item, nesting_level=nesting_level)


class ItemLister(ItemListerBase):
    """A select button for each entry; `color_class_name` is the group of its colours."""

    color_class_name = "ItemNavigation"
    select_buttons = control_list(ButtonControl)
    scroll_left_button = ButtonControl(color="ItemNavigation.ItemNotSelected", repeat=True)
    scroll_right_button = ButtonControl(color="ItemNavigation.ItemNotSelected", repeat=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register_slot(self, self._items_changed, "items")
        self.register_slot(
            self._item_provider, lambda *event_args: self._on_selection_changed(), "selected_item"
        )
        self._items_changed()

    def _items_changed(self) -> None:
        self.select_buttons.control_count = len(self.items)
        self._update_button_colors()
        self.scroll_left_button.enabled = self.can_scroll_left()
        self.scroll_right_button.enabled = self.can_scroll_right()

    def _on_selection_changed(self) -> None:
        self._update_button_colors()

    def _items_equal(self, item: Any, selected_item: Any) -> bool:
        return bool(item == selected_item)

    def _update_button_colors(self) -> None:
        selected = self._item_provider.selected_item
        for button, item in zip(self.select_buttons, self.items):
            button.color = self._color_for_button(button.index, self._items_equal(item, selected))

    def _color_for_button(self, button_index: int, is_selected: bool) -> str:
        return self.color_class_name + (".ItemSelected" if is_selected else ".ItemNotSelected")

    @scroll_left_button.pressed
    def scroll_left_button(self, button: Any) -> None:
        self.scroll_left()

    @scroll_right_button.pressed
    def scroll_right_button(self, button: Any) -> None:
        self.scroll_right()

    @select_buttons.pressed
    def select_buttons(self, button: Any) -> None:
        self._on_select_button_pressed(button)

    @select_buttons.pressed_delayed
    def select_buttons(self, button: Any) -> None:
        self._on_select_button_pressed_delayed(button)

    @select_buttons.released
    def select_buttons(self, button: Any) -> None:
        self._on_select_button_released(button)

    @select_buttons.released_immediately
    def select_buttons(self, button: Any) -> None:
        self._on_select_button_released_immediately(button)

    def _on_select_button_pressed(self, button: Any) -> None:
        """Called at a press; for subclasses."""

    def _on_select_button_pressed_delayed(self, button: Any) -> None:
        """Called when the button is still pressed after the delay; for subclasses."""

    def _on_select_button_released(self, button: Any) -> None:
        """Called at a release; for subclasses."""

    def _on_select_button_released_immediately(self, button: Any) -> None:
        """Called at a release before the delay; for subclasses."""


# Devices


def is_empty_rack(rack: Any) -> bool:
    """True for a rack without chains."""
    return bool(rack.can_have_chains) and not len(rack.chains)


def nested_device_parent(device: Any) -> Any:
    """The chain whose devices Live shows within a rack, or None."""
    if device.can_have_chains and device.view.is_showing_chain_devices and not device.view.is_collapsed:
        return device.view.selected_chain
    return None


def collect_devices(track_or_chain: Any, nesting_level: int = 0) -> List[Tuple[Any, int]]:
    """(device, nesting level) of all devices that Live shows in a chain."""
    devices: List[Tuple[Any, int]] = []
    for device in track_or_chain.devices if liveobj_valid(track_or_chain) else ():
        devices.append((device, nesting_level))
        devices += collect_devices(nested_device_parent(device), nesting_level + 1)
    return devices


RACK_VIEW_EVENTS = ("selected_chain", "is_collapsed", "is_showing_chain_devices")


class FlattenedDeviceChain(ItemProvider):
    """The devices of a track or chain (`set_device_parent`), with the devices of open racks after their rack."""

    def __init__(
        self, collect_devices_fun: Callable[..., Any] = collect_devices, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._device_parent: Any = None
        self._devices: List[Tuple[Any, int]] = []
        self._selected_item: Any = None
        self._collect_devices = collect_devices_fun
        self._groups = {
            event: self.register_disconnectable(SlotGroup(lambda *event_args: self._update_devices(), event))
            for event in ("devices", *RACK_VIEW_EVENTS)
        }

    @property
    def items(self) -> List[Tuple[Any, int]]:
        return self._devices

    @property
    def selected_item(self) -> Any:
        return self._selected_item

    @selected_item.setter
    def selected_item(self, device: Any) -> None:
        if liveobj_changed(self._selected_item, device):
            self._selected_item = device
            self.notify_selected_item()

    def set_device_parent(self, parent: Any) -> None:
        self._device_parent = parent
        self._update_devices()

    def _update_devices(self) -> None:
        self._devices = self._collect_devices(self._device_parent)
        views = [device.view for device, _ in self._devices if getattr(device, "can_have_chains", False)]
        chains = [view.selected_chain for view in views] + [self._device_parent]
        self._groups["devices"].replace_subjects([chain for chain in chains if liveobj_valid(chain)])
        for event in RACK_VIEW_EVENTS:
            self._groups[event].replace_subjects(views)
        self.notify_items()


class DeviceListCore(ItemLister):
    """A button for each device of the selected track; a press selects and appoints the device."""

    def __init__(
        self, device_component: Any = None, item_provider: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        self._flattened_chain = item_provider or FlattenedDeviceChain()
        self._device_component = device_component
        super().__init__(self._flattened_chain, *args, **kwargs)
        self.register_disconnectable(self._flattened_chain)
        self._selection_slot = self.register_slot(
            None, lambda: self._device_selection_in_track_changed(), "selected_device"
        )
        if device_component is not None:
            self.register_slot(device_component, lambda *event_args: self._update_device(), "device")
        self._selected_track: Any = None
        self._update_selected_track()

    @property
    def selected_item(self) -> Any:
        return self.item_provider.selected_item

    def on_selected_track_changed(self) -> None:
        super().on_selected_track_changed()
        self._update_selected_track()

    def _current_track(self) -> Any:
        return self._live_song.view.selected_track

    def _update_selected_track(self) -> None:
        self._selected_track = track = self._current_track()
        self.reset_offset()
        self._flattened_chain.set_device_parent(track)
        self._selection_slot.subject = track.view
        self._restore_selection(track)

    def _restore_selection(self, selected_track: Any) -> None:
        # Do not select again: Live forbids changes within its notifications.
        self._update_item_provider(selected_track.view.selected_device)

    def _device_selection_in_track_changed(self) -> None:
        self._update_item_provider(self._live_song.view.selected_track.view.selected_device)

    def _update_device(self) -> None:
        device = self._device_component.device
        self._update_item_provider(device() if callable(device) else device)

    def _update_item_provider(self, selection: Any) -> None:
        self._flattened_chain.selected_item = selection

    def _on_select_button_pressed(self, button: Any) -> None:
        self._select_item(self.items[button.index].item)

    def _select_item(self, device_or_pad: Any) -> None:
        if liveobj_valid(device_or_pad):
            self._do_select_item(device_or_pad)
        self._update_item_provider(device_or_pad)

    def _do_select_item(self, device: Any) -> None:
        appointed = device_to_appoint(device)
        self._appoint_device(appointed)
        self._live_song.view.select_device(device, False)
        if self._live_song.appointed_device != appointed:
            self._live_song.appointed_device = appointed

    def _appoint_device(self, device: Any) -> None:
        if self._device_component is not None:
            self._device_component.set_device(device)

    def _show_selected_item(self) -> None:
        """Scroll so that the selected device is in the window."""
        items, visible = self.item_provider.items, self._num_visible_items
        at = index_if(lambda item: item[0] == self.selected_item, items)
        if len(items) <= visible or at >= len(items):
            return
        if at >= visible + self.item_offset - 1 and at < len(items) - 1:
            self.item_offset = at - visible + 2
        elif 0 < at <= self.item_offset:
            self.item_offset = at - 1
