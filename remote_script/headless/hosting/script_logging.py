"""Writes the records that hosted scripts log through Python's `logging` to Live's log, in Live's form.

    info: Python: INFO:mylogger:12 - text

(as published logs of Live 12 show). The process sets the level: `python -m remote_script.headless` logs INFO and
above, as Live's Python does.
"""

from __future__ import annotations

import logging
import weakref
from typing import Any


class ScriptLogHandler(logging.Handler):
    """Handler of the root logger for records from files of this Live's scripts.

    It refers to Live weakly: the root logger would otherwise keep the Set of every Live that was never closed.
    """

    def __init__(self, live: Any) -> None:
        super().__init__()
        self._live = weakref.ref(live, lambda _: self.end())

    def emit(self, record: logging.LogRecord) -> None:
        live = self._live()
        if live is None:
            return
        scripts = [script for script in live.scripts if script.modules is not None]
        if not any(script.modules.holds(record.pathname) for script in scripts):
            return
        try:
            text = self.format(record)
        except Exception:
            self.handleError(record)
            return
        live.log("Python: %s:%s:%d - %s" % (record.levelname, record.name, record.lineno, text))

    def begin(self) -> None:
        logging.getLogger().addHandler(self)

    def end(self) -> None:
        logging.getLogger().removeHandler(self)
