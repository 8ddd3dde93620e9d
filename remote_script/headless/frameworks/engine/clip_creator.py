"""Creates clips with the same grid and length for all components of a script."""

from __future__ import annotations

from typing import Any, Optional

from .live import Live


class ClipCreator:
    """Creates clips: `create(slot)` creates a MIDI clip of `fixed_length` beats and launches it.

    Legato (`legato_launch`, always in the first generation) launches without quantization.
    """

    grid_quantization: Any = None
    is_grid_triplet = False
    fixed_length: float = 8
    legato_launch = True

    def create(
        self,
        slot: Any,
        length: Optional[float] = None,
        launch_quantization: Any = None,
        legato_launch: Optional[bool] = None,
    ) -> None:
        assert slot.clip is None, "a clip can be created in an empty slot only"
        slot.create_clip(float(self.fixed_length if length is None else length))
        if self.grid_quantization is not None:
            slot.clip.view.grid_quantization = self.grid_quantization
            slot.clip.view.grid_is_triplet = self.is_grid_triplet
        legato = self.legato_launch if legato_launch is None else legato_launch
        if launch_quantization is None or legato:
            launch_quantization = Live.Song.Quantization.q_no_q
        slot.fire(force_legato=legato, launch_quantization=launch_quantization)
