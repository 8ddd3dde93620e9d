"""What hosted scripts log through Python's `logging` is in Live's log in the form that Live gives it.

    info: Python: INFO:mylogger:12 - text

(as published logs of Live 12 show). The level is the process's own: `python -m remote_script.headless` lets INFO and
above through, as Live's Python does.
"""

from __future__ import annotations

import logging
from typing import Any


class ScriptLogHandler(logging.Handler):
    """On the root logger; takes what comes from files of this Live's scripts."""

    def __init__(self, live: Any) -> None:
        super().__init__()
        self._live = live

    def emit(self, record: logging.LogRecord) -> None:
        scripts = [each for each in self._live.scripts if each.modules is not None]
        if not any(each.modules.holds(record.pathname) for each in scripts):
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
