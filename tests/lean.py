"""The demo Set with fewer parameters: for tests that start a Live and look at other things than parameters.

Four of five objects of the demo Set are parameters. Starting the whole path, auditing and comparing cost time for each
object, so most tests take this Set. Tests of parameters, of sizes and of what users see take the demo Set itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from remote_script import headless
from remote_script.headless import SetSpec
from remote_script.headless.sets.spec import DeviceSpec

MOST_PARAMETERS = 24
"""The first ones of each device; a rack has its macros among them."""


def demo_set() -> SetSpec:
    """The demo Set; tracks, clips, notes, devices and chains are all there."""
    spec = headless.demo_set()
    for track in (*spec.tracks, *spec.return_tracks, spec.main_track):
        lean(track.devices)
    return spec


def lean(devices: Iterable[DeviceSpec]) -> None:
    """Remove the parameters after the first ones, also of devices in chains."""
    for device in devices:
        del device.parameters[MOST_PARAMETERS:]
        for chain in (*device.chains, *device.return_chains):
            lean(chain.devices)
