"""A script's description of its controller before the script is created, in each generation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Load = Callable[..., Any]

CAPABILITIES = """
    from {module} import (
        AUTO_LOAD_KEY, CONTROLLER_ID_KEY, HIDDEN, NOTES_CC, PORTS_KEY, REMOTE, SCRIPT, SYNC, TYPE_KEY,
        controller_id, inport, outport, {more}
    )

    def get_capabilities():
        return {{
            CONTROLLER_ID_KEY: controller_id(vendor_id=2536, product_ids=[45, 46], model_name=["Pad", "Pad Mini"]),
            PORTS_KEY: [
                inport(props=[NOTES_CC, SCRIPT, REMOTE]), inport(port_name="Keys", props=[NOTES_CC], mac_name="K"),
                outport(props=[SCRIPT, SYNC]), outport(props=[HIDDEN]),
            ],
            TYPE_KEY: "pads", AUTO_LOAD_KEY: True, {rows}
        }}

    class Nothing:
        def disconnect(self):
            pass

    def create_instance(c_instance):
        return Nothing()
"""
MORE_CAPABILITIES = {
    "_Framework.Capabilities": {"FIRMWARE_KEY": "firmware_version", "PLAIN_OLD_MIDI": "plain_old_midi"},
    "ableton.v2.control_surface.capabilities": {
        "FIRMWARE_KEY": "firmware_version",
        "GENERIC_SCRIPT_KEY": "generic_script",
        "SUGGESTED_PORT_NAMES_KEY": "suggested_port_names",
    },
    "ableton.v3.control_surface.capabilities": {},
}


@pytest.mark.parametrize("module", MORE_CAPABILITIES)
def test_the_declared_capabilities_of_a_controller_are_read(load: Load, module: str) -> None:
    more = MORE_CAPABILITIES[module]
    rows = " ".join(f"{name}: 1," for name in more)
    hosted = load(CAPABILITIES.format(module=module, more=", ".join(more), rows=rows))
    port = {"name": ""}
    assert hosted.module.get_capabilities() == {
        "controller_id": {"vendor_id": 2536, "product_ids": [45, 46], "model_names": ["Pad", "Pad Mini"]},
        "ports": [
            {**port, "direction": "in", "props": ["notes_cc", "script", "remote"]},
            {"direction": "in", "name": "Keys", "mac_name": "K", "props": ["notes_cc"]},
            {**port, "direction": "out", "props": ["script", "sync"]},
            {**port, "direction": "out", "props": ["hidden"]},
        ],
        "surface_type": "pads",
        "auto_load": True,
        **dict.fromkeys(more.values(), 1),
    }
