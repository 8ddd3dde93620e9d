"""Components of the first generation."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.component import ComponentCore


class ControlSurfaceComponent(ComponentCore):
    """`song()` and `application()` are methods."""

    def song(self):
        """The current Set's Song."""
        return self._surface._live_song

    def application(self):
        """Live's Application."""
        return self._surface._live_application()
