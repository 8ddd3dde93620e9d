"""One open Set: its Song and Application, and the shared state that all nodes reach through `doc`."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Tuple

from ..node import Document
from ..sets.spec import SetSpec
from .automation import Automation
from .keyboard import Keyboard
from .levels import Levels
from .routing import Routing
from .tape import Tapes
from .transport import Transport


class LiveSet(Document):
    """The document of a `SetSpec`, for a surface (a Live version) and a clock."""

    song: Any
    application: Any

    def __init__(
        self,
        spec: SetSpec,
        surface: Any,
        clock: Any,
        live: Any = None,
        log: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(log)
        from .application import Application
        from .build import build_song

        self.surface = surface
        self.clock = clock
        self.live = live
        self.warnings: List[str] = [str(warning) for warning in spec.warnings]
        """Parts of the Set's file that were changed or left out, a line for each kind."""
        self.group_members: Tuple[Any, Dict[Any, List[Any]]] = (None, {})
        """The song's tracks, and of these the ones below each group; see `launching.tracks_below`."""
        self.banks: Dict[Tuple[Any, int], int] = {}
        self.routing = Routing(self)
        self.transport = Transport(self)
        self.keyboard = Keyboard(self)
        self.automation = Automation(self, spec.signature_automation)
        self.levels = Levels(self)
        self.tapes = Tapes(self)
        self.begin()
        try:
            self.song = build_song(self, spec)
            self.transport.position = self.song.current_song_time = self.song.start_time
            self.application = Application.make(self)
            self.bear(self.song)
            self.bear(self.application)
            self.automation.find()
            self.song.settle_all()
        finally:
            self.end()
        self.building = False
        self.history.forget()

    def parameters(self) -> Iterator[Any]:
        """Every parameter of the Set."""
        for node in self.song.walk():
            if node.lom == "DeviceParameter":
                yield node

    def listener_count(self) -> int:
        """Number of attached listeners whose owners live."""
        return sum(
            sum(1 for listener in mine if listener.alive)
            for root in (self.song, self.application)
            for node in root.walk()
            for mine in (node.listeners or {}).values()
        )

    def close(self) -> None:
        """Delete all nodes and listeners of the Set."""
        self.tapes.close()
        for root in (self.song, self.application):
            for node in list(root.walk()):
                node.ptr = None
                node.listeners = None
