"""A headless Live in virtual time, and scripts made from their source."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive, demo_set

Load = Callable[..., Any]


@pytest.fixture
def live() -> Iterator[HeadlessLive]:
    made = HeadlessLive(demo_set(), threads="raise")
    yield made
    # The frameworks run inside Live's notifications, like any script.
    assert not [line for line in made.log_lines if "Changes cannot be triggered" in line]
    made.close()


@pytest.fixture
def load(live: HeadlessLive, tmp_path: Path) -> Load:
    """Load a script from its source, in a separate folder."""

    def loaded(source: str, name: str = "Made", **files: str) -> Any:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(textwrap.dedent(source))
        for file, text in files.items():
            (folder / f"{file}.py").write_text(textwrap.dedent(text))
        hosted = live.load_script(str(folder))
        assert hosted.instance is not None, "\n".join(hosted.log)
        return hosted

    return loaded
