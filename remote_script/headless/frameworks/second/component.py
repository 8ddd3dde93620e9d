"""Components of this generation: `song` and `application` are properties."""

from __future__ import annotations

from ..engine.component import ComponentCore


class Component(ComponentCore):
    """Base of components; belongs to the surface, or to its parent."""

    def __init__(
        self,
        name="",
        parent=None,
        register_component=None,
        song=None,
        layer=None,
        is_enabled=True,
        *args,
        **kwargs,
    ):
        super().__init__(name, parent, layer, is_enabled, *args, **kwargs)

    @property
    def song(self):
        return self._surface._live_song

    @property
    def application(self):
        return self._surface._live_application()

    @property
    def parent(self):
        return self.canonical_parent
