"""Writes the records that hosted scripts log through Python's `logging` to Live's log, in Live's form.

    info: Python: INFO:mylogger:12 - text

(as published logs of Live 12 show). The process sets the level: `python -m remote_script.headless` logs INFO and
above, as Live's Python does.
"""

from __future__ import annotations

import logging
from typing import Any


class ScriptLogHandler(logging.Handler):
    """Handler of the root logger for records from files of this Live's scripts."""

    def __init__(self, live: Any) -> None:
        super().__init__()
        self._live = live

    def emit(self, record: logging.LogRecord) -> None:
        scripts = [script for script in self._live.scripts if script.modules is not None]
        if not any(script.modules.holds(record.pathname) for script in scripts):
            return
        try:
            text = self.format(record)
        except Exception:
            self.handleError(record)
            return
        self._live.log("Python: %s:%s:%d - %s" % (record.levelname, record.name, record.lineno, text))

    def begin(self) -> None:
        logging.getLogger().addHandler(self)

    def end(self) -> None:
        logging.getLogger().removeHandler(self)
