"""Small functions."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.tools import *
