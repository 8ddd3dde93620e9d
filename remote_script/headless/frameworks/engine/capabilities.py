"""A script's description of its controller, which Live reads from the script's `get_capabilities()`.

The keys are constants of Live's modules (see `facts`). Wrong types raise AssertionError, as in Live.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Union


def _port(
    direction: str, port_name: str, props: Optional[List[str]], mac_name: Optional[str]
) -> Dict[str, Any]:
    assert isinstance(port_name, str), "port_name must be a string, got %r" % (port_name,)
    assert props is None or type(props) is list, "props must be a list, got %r" % (props,)
    assert all(isinstance(prop, str) for prop in props or ()), "props must be strings, got %r" % (props,)
    port: Dict[str, Any] = {"direction": direction, "name": port_name, "props": props}
    if mac_name:
        port["mac_name"] = mac_name
    return port


def inport(
    port_name: str = "",
    props: Optional[List[str]] = [],  # noqa: B006
    mac_name: Optional[str] = None,
) -> Dict[str, Any]:
    """The description of a MIDI input of the controller."""
    return _port("in", port_name, props, mac_name)


def outport(
    port_name: str = "",
    props: Optional[List[str]] = [],  # noqa: B006
    mac_name: Optional[str] = None,
) -> Dict[str, Any]:
    """The description of a MIDI output of the controller."""
    return _port("out", port_name, props, mac_name)


def controller_id(
    vendor_id: int, product_ids: List[int], model_name: Union[str, List[str]]
) -> Dict[str, Any]:
    """The USB ids and names by which Live recognises the controller."""
    assert type(vendor_id) is int, "vendor_id must be a number, got %r" % (vendor_id,)
    assert type(product_ids) is list, "product_ids must be a list, got %r" % (product_ids,)
    assert all(type(product_id) is int for product_id in product_ids), (
        "product_ids must be numbers, got %r" % (product_ids,)
    )
    names = model_name if type(model_name) is list else [model_name]
    return {"vendor_id": vendor_id, "product_ids": product_ids, "model_names": names}
