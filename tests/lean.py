"""The demo Set with fewer parameters, for tests that start a Live and do not need all parameters.

Four of five objects of the demo Set are parameters. Starting the whole path, auditing and comparing take time for each
object, so most tests use this Set. Tests of parameters, of sizes and of users' views use the demo Set itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from remote_script import headless
from remote_script.headless import SetSpec
from remote_script.headless.sets.spec import DeviceSpec

MOST_PARAMETERS = 8
"""Number of parameters that each device keeps."""
OF_SPECIAL_DEVICES = 24
"""That of racks and wavetables: their macros and the targets of their methods are among these."""


def demo_set() -> SetSpec:
    """The lean demo Set, with all tracks, clips, notes, devices and chains."""
    spec = headless.demo_set()
    for track in (*spec.tracks, *spec.return_tracks, spec.main_track):
        lean(track.devices)
    return spec


def lean(devices: Iterable[DeviceSpec]) -> None:
    """Remove the parameters after the first ones, also of devices in chains."""
    for device in devices:
        special = device.class_name.endswith("GroupDevice") or device.class_name == "InstrumentVector"
        del device.parameters[OF_SPECIAL_DEVICES if special else MOST_PARAMETERS :]
        for chain in (*device.chains, *device.return_chains):
            lean(chain.devices)
