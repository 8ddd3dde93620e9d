"""Surfaces that send MIDI's identity request to their controller and start after the reply."""

from __future__ import annotations

from typing import Any, Tuple

from .midi import SYSEX_IDENTITY_REQUEST_MESSAGE, SYSEX_NON_REALTIME
from .tasks import loop, run, sequence, wait

IDENTITY_TIMEOUT_S = 2.0
"""Guess: seconds between two requests until the reply."""
IDENTITY_REPLY = (0x06, 0x02)


class IdentifiedSurface:
    """Mix-in for a surface. `_model_id_bytes`: the bytes of the reply after the manufacturer-independent bytes."""

    _model_id_bytes: Tuple[int, ...] = ()
    identity_request = SYSEX_IDENTITY_REQUEST_MESSAGE

    def __init__(self, *args: Any, product_id_bytes: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if product_id_bytes is not None:
            self._model_id_bytes = tuple(product_id_bytes)
        self._identified = False
        group: Any = self._task_group
        self._asking = group.add(loop(sequence(run(self._ask), wait(IDENTITY_TIMEOUT_S))))

    def _ask(self) -> None:
        if not self._identified:
            self._send_midi(self.identity_request)

    @property
    def is_identified(self) -> bool:
        return self._identified

    def port_settings_changed(self) -> None:
        self._identified = False
        self._asking.restart()

    def handle_sysex(self, midi_bytes: Tuple[int, ...]) -> None:
        if midi_bytes[1:2] == (SYSEX_NON_REALTIME,) and midi_bytes[3:5] == IDENTITY_REPLY:
            model = midi_bytes[5 : 5 + len(self._model_id_bytes)]
            if model == tuple(self._model_id_bytes):
                if not self._identified:
                    self._identified = True
                    self._asking.kill()
                    self._identified_by(midi_bytes)
            else:
                self.log_message(
                    "MIDI device responded with wrong product id (%s != %s)."
                    % (list(self._model_id_bytes), list(model))
                )
        else:
            super().handle_sysex(midi_bytes)

    def _identified_by(self, midi_bytes: Tuple[int, ...]) -> None:
        self.on_identified()

    def on_identified(self, *args: Any) -> None:
        """Called when the controller has answered the identity request."""
