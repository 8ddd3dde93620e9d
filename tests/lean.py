"""The demo Set with fewer parameters, for tests that start a Live and do not need all parameters.

Four of five objects of the demo Set are parameters. Starting the whole path, auditing and comparing take time for each
object, so most tests use this Set. Tests of parameters, of sizes and of users' views use the demo Set itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from remote_script import headless
from remote_script.headless import SetSpec
from remote_script.headless.sets.spec import DeviceSpec

MOST_PARAMETERS = 24
"""The number of first parameters of each device that are kept; a rack's macros are among them."""


def demo_set() -> SetSpec:
    """The lean demo Set, with all tracks, clips, notes, devices and chains."""
    spec = headless.demo_set()
    for track in (*spec.tracks, *spec.return_tracks, spec.main_track):
        lean(track.devices)
    return spec


def lean(devices: Iterable[DeviceSpec], most: int = MOST_PARAMETERS) -> None:
    """Remove the parameters after the first `most`, also of devices in chains.

    Those that methods of racks and wavetables are about stay.
    """
    for device in devices:
        special = device.class_name.endswith("GroupDevice") or device.class_name == "InstrumentVector"
        del device.parameters[MOST_PARAMETERS if special else most :]
        for chain in (*device.chains, *device.return_chains):
            lean(chain.devices, most)
