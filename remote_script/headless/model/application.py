"""The application: versions, dialogs as data, and the visible views."""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple

from ..node import Node, model
from .surfaces import ControlSurfaceProxy

SLOTS = 7
"""Slots for control surfaces, empty ones None (measured in 12.4.5); 6 in older versions (Guess: 12 has the first
7)."""
VIEWS = ("Browser", "Arranger", "Session", "Detail", "Detail/Clip", "Detail/DeviceChain")
DOCUMENT_VIEWS = ("Session", "Arranger")


class Dialog:
    """A message that Live shows until a button is pressed."""

    def __init__(self, message: str, buttons: int, on_press: Optional[Callable[[int], None]] = None) -> None:
        self.message, self.buttons, self.on_press = message, buttons, on_press


@model
class Application(Node):
    LOM = "Application"
    OWNS = ("view", "browser", "licensing", "surfaces")
    GUESSES = frozenset(
        ("average_process_usage", "peak_process_usage", "get_build_id", "has_option", "unavailable_features")
    )
    view: Any
    browser: Any
    licensing: Any
    surfaces: Tuple[Any, ...] = ()
    """Proxies of the control surfaces that run in their own processes."""
    open_dialog_count = 0
    average_process_usage = 0.0
    peak_process_usage = 0.0
    number_of_push_apps_running = 0
    unavailable_features: Tuple[int, ...] = ()

    @classmethod
    def make(cls, doc: Any) -> Application:
        from .browser import Browser
        from .licensing import LicensingBridge

        made = cls(doc)
        made.dialogs = []
        made.own("view", ApplicationView(doc))
        made.own("browser", Browser(doc))
        made.own("licensing", LicensingBridge(doc))
        if doc.live is not None:
            made.own(
                "surfaces", tuple(ControlSurfaceProxy(doc, remote) for remote in doc.live.remote_surfaces)
            )
        return made

    dialogs: List[Dialog]

    @property
    def canonical_parent(self) -> None:
        return None

    def get_control_surfaces(self) -> Any:
        live = self.doc.live
        hosted = () if live is None else live.control_surfaces()
        slots = SLOTS if self._version() >= (12,) else SLOTS - 1
        surfaces = hosted + self.surfaces
        return surfaces + (None,) * (slots - len(surfaces))

    def add_surface(self, remote: Any) -> None:
        """A control surface with its own process is chosen in Live's settings."""
        self.derive("surfaces", self.surfaces + (ControlSurfaceProxy(self.doc, remote),))
        self.notify("control_surfaces")

    # Version

    def _version(self) -> Tuple[int, ...]:
        numbers: Tuple[int, ...] = self.doc.surface.facts.version
        return numbers + (0,) * (3 - len(numbers))

    def call_get_major_version(self) -> int:
        return self._version()[0]

    def call_get_minor_version(self) -> int:
        return self._version()[1]

    def call_get_bugfix_version(self) -> int:
        return self._version()[2]

    def call_get_version_string(self) -> str:
        return ".".join(str(part) for part in self._version())

    def call_get_build_id(self) -> str:
        return "headless"

    def call_get_variant(self) -> str:
        return "Suite"

    def call_has_option(self, name: Any) -> bool:
        live = self.doc.live
        return live is not None and str(name) in live.options

    def call_get_document(self) -> Any:
        return self.doc.song

    # Dialogs

    def open_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog)
        self.derive("open_dialog_count", len(self.dialogs))

    def close_dialog(self, dialog: Dialog) -> None:
        """Live closes a dialog without a pressed button."""
        if dialog in self.dialogs:
            self.dialogs.remove(dialog)
            self.derive("open_dialog_count", len(self.dialogs))

    def get_current_dialog_message(self) -> str:
        return self.dialogs[-1].message if self.dialogs else ""

    def get_current_dialog_button_count(self) -> int:
        return self.dialogs[-1].buttons if self.dialogs else 0

    def call_press_current_dialog_button(self, index: int) -> None:
        if not self.dialogs or not 0 <= index < self.dialogs[-1].buttons:
            raise RuntimeError("Invalid dialog button index")
        dialog = self.dialogs.pop()
        self.derive("open_dialog_count", len(self.dialogs))
        if dialog.on_press is not None:
            dialog.on_press(index)

    def call_show_message(self, text: Any, buttons: int, markup: bool, icon: bool) -> int:
        return self.call_show_on_the_fly_message(text.text, buttons, markup, icon, 0)

    def call_show_on_the_fly_message(
        self, message: str, buttons: int, markup: bool, icon: bool, kind: int
    ) -> int:
        """Open the dialog and return 0. Guess: Live returns the number of the pressed button."""
        self.open_dialog(Dialog(message, 2 if buttons in (1, 2, 3) else 1))
        return 0


@model
class ApplicationView(Node):
    LOM = "Application.View"
    GUESSES = frozenset(("scroll_view", "zoom_view"))
    browse_mode = False
    focused = "Session"
    shown: FrozenSet[str] = frozenset(("Session", "Detail", "Detail/DeviceChain", "Browser"))

    def get_focused_document_view(self) -> str:
        return "Arranger" if "Arranger" in self.shown and "Session" not in self.shown else "Session"

    def _known(self, name: Any) -> str:
        name = str(name)
        if name == "" or name == "Detail/Clip" or name in VIEWS:
            return name or self.get_focused_document_view()
        raise RuntimeError("Unknown view name: %s" % name)

    def call_available_main_views(self) -> Tuple[str, ...]:
        return VIEWS

    def call_is_view_visible(self, name: Any, main_window_only: bool) -> bool:
        return self._known(name) in self.shown

    def _show(self, shown: FrozenSet[str]) -> None:
        before, document = self.shown, self.get_focused_document_view()
        if shown == before:
            return
        with self.doc.edit():
            self.derive("shown", shown)
            for name in sorted(before ^ shown):
                self.notify(("is_view_visible", name))
            if self.get_focused_document_view() != document:
                self.notify("focused_document_view")

    def call_show_view(self, name: Any) -> None:
        live = self.doc.live
        if live is not None and live.creating:
            raise RuntimeError("Views cannot be shown while a script is being created")
        name = self._known(name)
        shown = set(self.shown) | {name}
        if name in DOCUMENT_VIEWS:
            shown -= set(DOCUMENT_VIEWS) - {name}
        if name.startswith("Detail/"):
            shown -= {"Detail/Clip", "Detail/DeviceChain"} - {name}
            shown.add("Detail")
        self._show(frozenset(shown))

    def call_hide_view(self, name: Any) -> None:
        name = self._known(name)
        shown = set(self.shown) - {name}
        if name in DOCUMENT_VIEWS:
            shown |= set(DOCUMENT_VIEWS) - {name}
        if name == "Detail":
            shown -= {"Detail/Clip", "Detail/DeviceChain"}
        self._show(frozenset(shown))

    def call_focus_view(self, name: Any) -> None:
        name = self._known(name)
        self.call_show_view(name)
        if self.focused != name:
            self.derive("focused", name)
            self.notify("view_focus_changed")

    def call_scroll_view(self, direction: int, name: Any, animate: bool) -> None:
        """Move the selection in the Session; other views do not change."""
        self._known(name)
        song = self.doc.song
        view = song.view
        if direction in (0, 1):
            index = song.scenes.index(view.selected_scene) + (1 if direction == 1 else -1)
            if 0 <= index < len(song.scenes):
                view.change("selected_scene", song.scenes[index])
        else:
            tracks = song.visible_tracks + song.return_tracks + (song.master_track,)
            if view.selected_track in tracks:
                index = tracks.index(view.selected_track) + (1 if direction == 3 else -1)
                if 0 <= index < len(tracks):
                    view.select_track(tracks[index])

    def call_zoom_view(self, direction: int, name: Any, animate: bool) -> None:
        self._known(name)

    def call_toggle_browse(self) -> None:
        self.derive("browse_mode", not self.browse_mode)


OPTIONS: Dict[str, bool] = {}
