"""Small functions that scripts use."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.tools import *
