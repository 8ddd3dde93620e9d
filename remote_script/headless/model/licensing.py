"""The bridge that Live passes to its own licensing script, and the two dialogs of the bridge.

No member of the Object Model returns the bridge, so other scripts never have access; `HeadlessLive.licensing`
returns it. Headless Live is a Suite that needs no licence, and it neither reads nor writes a licence. Guess: every
value; that a dialog's loop lets only the network timer run, and that a person presses the next button in
`Person.answers`.
"""

from __future__ import annotations

import random
from typing import Any, Callable, Dict, Optional

from ..node import Node, model
from .application import Dialog

AUTHORIZE, LATER = 0, 1
"""The buttons of the startup dialog."""


class ModalDialog(Node):
    """A dialog that blocks the script until the script ends the dialog, or a person presses a button."""

    GUESSES = frozenset(
        ("end_modal_loop", "run_in_modal_loop", "set_notification_message", "set_status_message")
    )
    message = ""
    buttons = 0
    shown: Optional[Dialog] = None

    def press(self, button: int) -> None:
        """Perform the action of a button."""

    def run(self) -> None:
        application = self.doc.application
        # When a button is pressed, the dialog leaves the list of dialogs.
        self.shown = Dialog(self.message, self.buttons, self._pressed)
        application.open_dialog(self.shown)
        try:
            self.doc.live.modal_loop(lambda: self.shown is not None)
        finally:
            self.call_end_modal_loop()

    def _pressed(self, button: int) -> None:
        self.shown = None
        self.press(button)

    def tell(self, message: str) -> None:
        self.message = message
        if self.shown is not None:
            self.shown.message = message

    def call_end_modal_loop(self) -> None:
        shown, self.shown = self.shown, None
        if shown is not None:
            self.doc.application.close_dialog(shown)


@model
class ProgressDialog(ModalDialog):
    LOM = "Licensing.ProgressDialog"

    def call_run_in_modal_loop(self) -> None:
        self.run()

    def call_set_status_message(self, message: str) -> None:
        self.tell(message)


@model
class StartupDialog(ModalDialog):
    LOM = "Licensing.StartupDialog"
    message = "Authorize Live"
    buttons = 2
    authorize: Callable[[], Any]
    authorize_later: Callable[[], Any]

    def press(self, button: int) -> None:
        (self.authorize if button == AUTHORIZE else self.authorize_later)()

    def call_run_in_modal_loop(self, show_only_offline_auth_instructions: bool) -> None:
        self.run()

    def call_set_notification_message(self, message: Any, show_progress_bar: bool) -> None:
        self.tell(str(getattr(message, "text", message)))


@model
class LicensingBridge(Node):
    LOM = "Licensing.PythonLicensingBridge"
    OWNS = ("progress_dialog", "startup_dialog")
    GUESSES = frozenset(
        (
            "base_product_id",
            "create_new_live_set",
            "deauthenticate_user",
            "get_progress_dialog",
            "get_session_id",
            "get_startup_dialog",
            "get_trial_time_left",
            "in_sassafras_mode",
            "license_must_match_variant",
            "load_and_convert_legacy_unlock_cfg",
            "random_number_for_trial_authorization",
            "request_exit",
            "save_current_set",
            "set_has_unsaved_changes",
            "set_network_timer",
            "store_session_id",
        )
    )
    base_product_id = "suite"
    in_sassafras_mode = False
    license_must_match_variant = False
    progress_dialog: Optional[ProgressDialog] = None
    startup_dialog: Optional[StartupDialog] = None
    session_id = ""
    random_number_for_trial_authorization: int

    def __init__(self, doc: Any) -> None:
        super().__init__(doc)
        self.random_number_for_trial_authorization = random.randrange(1 << 31)

    # The Set

    def get_set_has_unsaved_changes(self) -> bool:
        return self.doc.history.changed_since_saved

    def call_save_current_set(self) -> None:
        """Mark the Set as saved; a headless Set lives in memory and no file is written."""
        self.doc.history.saved()

    def call_create_new_live_set(self) -> None:
        # Opening a Set ends the calling script, so the Set is opened after the call.
        live = self.doc.live
        live.scheduler.after(0.0, live.open_set)

    def call_request_exit(self, exit_code: int) -> None:
        self.doc.live.quit(exit_code)

    # The user

    def call_store_session_id(self, session_id: str) -> None:
        """Store the id in memory until Live ends."""
        self.session_id = session_id

    def call_get_session_id(self) -> str:
        return self.session_id

    def call_deauthenticate_user(self) -> None:
        self.session_id = ""

    def call_get_trial_time_left(self) -> str:
        """ "", because this Live is not a trial."""
        return ""

    def call_load_and_convert_legacy_unlock_cfg(self) -> Dict[str, Any]:
        """Empty, because there is no such file."""
        return {}

    # Dialogs and the network timer

    def call_get_progress_dialog(self) -> Any:
        if self.progress_dialog is None:
            self.derive("progress_dialog", ProgressDialog(self.doc))
        return self.progress_dialog

    def call_get_startup_dialog(self, authorize: Any, authorize_later: Any) -> Any:
        if self.startup_dialog is None:
            self.derive("startup_dialog", StartupDialog(self.doc))
        dialog = self.startup_dialog
        assert dialog is not None
        dialog.authorize, dialog.authorize_later = authorize, authorize_later
        return dialog

    def call_set_network_timer(self, callback: Any, interval_in_ms: int) -> None:
        """Start or replace the network timer; None stops it, and so does an error in the callback."""
        self.doc.live.set_network_timer(callback, interval_in_ms)
