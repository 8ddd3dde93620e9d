"""What a script says of its controller; Live reads it from `get_capabilities()`."""

from __future__ import annotations

CONTROLLER_ID_KEY = "controller_id"
PORTS_KEY = "ports"
TYPE_KEY = "surface_type"
FIRMWARE_KEY = "firmware_version"
AUTO_LOAD_KEY = "auto_load"
NOTES_CC = "notes_cc"
SCRIPT = "script"
SYNC = "sync"
REMOTE = "remote"
HIDDEN = "hidden"
PLAIN_OLD_MIDI = "plain_old_midi"
SUGGEST_PORT_NAMES_KEY = "suggest_port_names"
GENERIC_SCRIPT_KEY = "generic_script"


def __create_port_dict(direction, port_name, props):
    return {"direction": direction, "port_name": port_name, "props": props}


def inport(port_name="", props=()):
    """A MIDI input of the controller."""
    return __create_port_dict("in", port_name, list(props))


def outport(port_name="", props=()):
    """A MIDI output of the controller."""
    return __create_port_dict("out", port_name, list(props))


def controller_id(vendor_id, product_ids, model_name):
    """By which USB ids and names Live finds it."""
    names = [model_name] if isinstance(model_name, str) else list(model_name)
    return {"vendor_id": vendor_id, "product_ids": list(product_ids), "model_name": names}
