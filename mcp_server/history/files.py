"""The state of a Set in a file: headless Live opens it and the Remote Script's own reader reads it, without a server.

So the state of a file has the same objects and properties as the mirror of that Set in Live.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from mirror import errors
from mirror.store import Store
from mirror.wire import objects_of
from remote_script.headless import HeadlessLive, load_als
from remote_script.headless.als import Limits
from remote_script.SetMirror.batches import Batcher

VERSION = (12, 4, 0)
"""The version of Live that headless Live behaves like when it reads files."""
GENEROUS = Limits()


def read_set(path: str | Path, limits: Limits = GENEROUS) -> Store:
    """The state of an .als file.

    Raises:
      InvalidValue: the file cannot be read, has an unknown format, or is beyond `limits`; the rule says why.
    """
    try:
        spec = load_als(str(Path(path).expanduser()), limits)
    except (OSError, ValueError) as problem:
        raise errors.InvalidValue(f"{path} cannot be read as a Set: {problem}", str(path)) from None
    live = HeadlessLive(spec, version=".".join(map(str, VERSION)))
    try:
        return state_of(live)
    finally:
        live.close()


def state_of(live: HeadlessLive) -> Store:
    """The state of the Set that a headless Live holds."""
    application = live.modules["Live"].Application.get_application()
    batcher = Batcher(live.song, application, VERSION, "")
    for _ in batcher.build_whole():
        pass
    snapshot, store, first = batcher.shadow.snapshot(0, []), Store(), True
    while not snapshot.is_taken:
        lines = snapshot.take(batcher.shadow.rows)
        objects: list[Any] = [row for line in lines for row in objects_of(msgspec.json.decode(line))]
        store.collect(objects, first)
        first = False
    store.replace("", 1)
    batcher.close()
    return store
