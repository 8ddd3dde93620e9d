"""Session recording and automation."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.recording import SessionRecordingCore

from .CompoundComponent import CompoundComponent


class SessionRecordingComponent(SessionRecordingCore, CompoundComponent):
    """`SessionRecordingComponent(clip_creator, view_controller)`; neither is needed for what is here."""

    def __init__(self, clip_creator=None, view_controller=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
