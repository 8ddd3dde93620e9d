"""Ownership of controls: a control is a resource that clients grab and release, with priorities.

A stacking resource belongs to the client of the highest priority, among equal priorities to the newest client; when
that client releases the resource, the next client gets it.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Dict, List, Optional, Tuple

from .dependency import Injection
from .lifetime import Disconnectable
from .proxies import Proxy
from .tools import NamedTuple, nop

DEFAULT_PRIORITY = 0


class Resource:
    """A resource that clients can grab."""

    def __init__(self, on_received_callback: Any = None, on_lost_callback: Any = None, **kwargs: Any) -> None:
        super().__init__()
        self._owner: Any = None
        self._clients: List[Any] = []
        self._owners: List[Any] = []
        if on_received_callback is not None:
            self.on_received = on_received_callback  # type: ignore[method-assign]
        if on_lost_callback is not None:
            self.on_lost = on_lost_callback  # type: ignore[method-assign]

    def grab(self, client: Any, *args: Any, **kwargs: Any) -> bool:
        raise NotImplementedError("grab")

    def release(self, client: Any) -> bool:
        raise NotImplementedError("release")

    def get_owner(self) -> Any:
        raise NotImplementedError("get_owner")

    @property
    def owner(self) -> Any:
        return self.get_owner()

    def on_received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("on_received: override it or give a callback")

    def on_lost(self, client: Any) -> None:
        raise NotImplementedError("on_lost: override it or give a callback")


class CompoundResource(Resource):
    """Two resources that are grabbed together or not at all."""

    def __init__(self, first_resource: Any = None, second_resource: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pair = (first_resource, second_resource)

    @property
    def first(self) -> Any:
        return self._pair[0]

    @property
    def second(self) -> Any:
        return self._pair[1]

    def grab(self, client: Any, *args: Any, **kwargs: Any) -> bool:
        if self.first.grab(client, *args, **kwargs) and not self.second.grab(client, *args, **kwargs):
            self.first.release(client)
        return bool(self.owner == client)

    def release(self, client: Any) -> bool:
        if client != self.owner:
            return False
        self.second.release(client)
        self.first.release(client)
        return True

    def get_owner(self) -> Any:
        return self.first.owner or self.second.owner


class ExclusiveResource(Resource):
    """A resource for one client; the first client that grabs it keeps it."""

    def grab(self, client: Any, *args: Any, **kwargs: Any) -> bool:
        if self._owner is None:
            self.on_received(client, *args, **kwargs)
            self._owner = client
        return bool(self._owner == client)

    def release(self, client: Any) -> bool:
        if self._owner is None or client != self._owner:
            return False
        self._owner = None
        self.on_lost(client)
        return True

    def get_owner(self) -> Any:
        return self._owner


class SharedResource(Resource):
    """A resource that all clients have; a new client is notified last."""

    def grab(self, client: Any, *args: Any, **kwargs: Any) -> bool:
        self.on_received(client, *args, **kwargs)
        if client not in self._clients:
            self._clients.append(client)
        return True

    def release(self, client: Any) -> bool:
        if client not in self._clients:
            return False
        self._clients.remove(client)
        self.on_lost(client)
        for waiting in self._clients:
            self.on_received(waiting)
        return True

    def get_owner(self) -> Any:
        return None


class StackingResource(Resource):
    """A resource with a stack of clients; see the module."""

    def grab(self, client: Any, priority: Optional[int] = None, **kwargs: Any) -> bool:
        rank = DEFAULT_PRIORITY if priority is None else priority
        self._forget(client)
        at = len(self._clients)
        while at and self._clients[at - 1][1] > rank:
            at -= 1
        self._clients.insert(at, (client, rank))
        self._hand_over()
        return True

    def release(self, client: Any) -> bool:
        known = self._forget(client)
        self._hand_over()
        return known

    def _forget(self, client: Any) -> bool:
        kept = [entry for entry in self._clients if entry[0] != client]
        known = len(kept) != len(self._clients)
        self._clients = kept
        return known

    def _hand_over(self) -> None:
        before, now = self._owners, self._actual_owners()
        if before == now:
            return
        self._owners = now
        for client in before:
            if client not in now:
                self.on_lost(client)
        for client in now:
            self.on_received(client)

    def _actual_owners(self) -> List[Any]:
        return [self._clients[-1][0]] if self._clients else []

    @property
    def max_priority(self) -> int:
        return self._clients[-1][1] if self._clients else DEFAULT_PRIORITY

    @property
    def clients(self) -> List[Any]:
        return [entry[0] for entry in self._clients]

    @property
    def owners(self) -> List[Any]:
        return self._owners

    def get_owner(self) -> Any:
        return self._owners[0] if self._owners else None


class PrioritizedResource(StackingResource):
    """Shared by all clients of the highest priority."""

    def _actual_owners(self) -> List[Any]:
        highest = self.max_priority
        return [client for client, priority in self._clients if priority == highest]


class ClientWrapper(NamedTuple):
    """Functions through which a proxied resource calls its clients."""

    wrap = functools.partial(nop)
    unwrap = functools.partial(nop)


class ProxyResource(Proxy):
    """A proxy of another resource, with wrapped clients."""

    def __init__(self, proxied_resource: Any = None, client_wrapper: Any = None, **kwargs: Any) -> None:
        super().__init__(proxied_object=proxied_resource, **kwargs)
        self._client_wrapper = client_wrapper or ClientWrapper()

    def grab(self, client: Any, *args: Any, **kwargs: Any) -> Any:
        return self.proxied_object.grab(self._client_wrapper.wrap(client), *args, **kwargs)

    def release(self, client: Any, *args: Any, **kwargs: Any) -> Any:
        return self.proxied_object.release(self._client_wrapper.wrap(client), *args, **kwargs)

    @property
    def owner(self) -> Any:
        return self._client_wrapper.unwrap(self.proxied_object.owner)

    @property
    def owners(self) -> List[Any]:
        return [self._client_wrapper.unwrap(owner) for owner in self.proxied_object.owners]


# Layers: the controls of a component, grabbed and released together.


class LayerError(Exception):
    """An invalid use of a layer."""


class UnhandledElementError(LayerError):
    """A component has no place for a control of its layer."""


def handler_for(owner: Any, name: str) -> Any:
    """The handler in a component for the control of this name: `set_<name>`, or the control `<name>`."""
    setter = getattr(owner, "set_" + name, None)
    if callable(setter):
        return setter
    state = getattr(owner, name, None)
    setter = getattr(state, "set_control_element", None)
    if setter is not None:
        return setter
    if name.startswith("_"):
        return nop
    raise UnhandledElementError(
        "%r takes no control %r: it has neither set_%s nor a control of that name"
        % (type(owner).__name__, name, name)
    )


_NAMED = re.compile(r"^(\w+)(?:\[\s*(-?\d*)\s*(:)?\s*(-?\d*)\s*\])?$")


def named_element(container: Any, text: str) -> Any:
    """The element for "pads", "pads_raw[3]", "pads_raw[0:8]": an attribute of the script's elements, or its part."""
    match = _NAMED.match(text)
    if match is None:
        raise LayerError("an element is named by its attribute, perhaps with [n] or [a:b], got %r" % text)
    name, first, colon, last = match.groups()
    try:
        element = getattr(container, name)
    except AttributeError:
        raise LayerError("there is no element %r" % name) from None
    if first is None:
        return element
    if colon:
        return list(element)[slice(int(first) if first else None, int(last) if last else None)]
    return element[int(first)]


class LayerClient:
    """Grabs a layer's controls for a component."""

    def __init__(self, layer: Any = None, layer_client: Any = None, **kwargs: Any) -> None:
        self.layer_client = layer_client
        self.layer = layer

    def set_control_element(self, control_element: Any, grabbed: bool) -> None:
        control = control_element if grabbed else None
        for name in self.layer.names_of(control_element):
            handler_for(self.layer_client, name)(control)
            self.layer.current_controls[name] = control


class LayerBase(ExclusiveResource):
    """A layer with a priority; belongs to one component at a time."""

    def __init__(self, priority: Optional[int] = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self._priority = priority

    def __add__(self, other: Any) -> Any:
        return CompoundLayer(self, other)

    @property
    def priority(self) -> Optional[int]:
        return self._priority

    @priority.setter
    def priority(self, priority: Optional[int]) -> None:
        if priority != self._priority:
            if self.owner is not None:
                raise RuntimeError("a layer's priority cannot change while it is in use")
            self._priority = priority

    def grab(self, client: Any, *args: Any, **kwargs: Any) -> bool:
        if self.owner is not None and client == self.owner:
            self.on_received(client, *args, **kwargs)
            return True
        return super().grab(client, *args, **kwargs)


class Layer(LayerBase):
    """`Layer(play_button=button, …)`: names are the component's, values are controls (v3: or their names)."""

    def __init__(self, priority: Optional[int] = None, **controls: Any) -> None:
        super().__init__(priority)
        self.current_controls: Dict[str, Any] = dict.fromkeys(controls)
        self._elements: List[Tuple[Any, List[str]]] = []
        self._clients: Any = {}
        """id of a component → (component, its client)."""
        for name, control in controls.items():
            self._add(self._resolve(control), name)

    def _resolve(self, control: Any) -> Any:
        """The element of a control; later generations may pass a name, or several in a list."""
        if isinstance(control, str):
            provider = Injection.find("element_container")
            if provider is None:
                raise LayerError(
                    "a layer names the element %r, and nobody provides element_container" % control
                )
            control = named_element(provider(), control)
        if isinstance(control, (list, tuple)):
            from .compounds import RowFirstMatrix

            control = RowFirstMatrix(rows=[[self._resolve(part) for part in control]])
        return control

    def _add(self, element: Any, name: str) -> None:
        for known, names in self._elements:
            if known is element:
                names.append(name)
                return
        self._elements.append((element, [name]))

    def names_of(self, element: Any) -> List[str]:
        return next((names for known, names in self._elements if known is element), [])

    def __getattr__(self, name: str) -> Any:
        controls = self.__dict__.get("current_controls", {})
        if name in controls:
            return controls[name]
        raise AttributeError("this layer has no control %r" % name)

    def client_of(self, component: Any) -> LayerClient:
        if id(component) not in self._clients:
            made = LayerClient(layer_client=component, layer=self)
            self._clients[id(component)] = (component, made)
        return self._clients[id(component)][1]

    def on_received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("priority", self._priority)
        for element, _ in self._elements:
            element.resource.grab(self.client_of(client), *args, **kwargs)

    def on_lost(self, client: Any) -> None:
        for element, _ in self._elements:
            element.resource.release(self.client_of(client))


class CompoundLayer(CompoundResource):
    """Two layers that are grabbed together."""

    @property
    def priority(self) -> Any:
        return self.first.priority

    @priority.setter
    def priority(self, priority: Any) -> None:
        self.first.priority = priority
        self.second.priority = priority

    def __add__(self, other: Any) -> Any:
        return CompoundLayer(self, other)

    def __getattr__(self, name: str) -> Any:
        if name == "_pair":
            raise AttributeError(name)
        try:
            return getattr(self.first, name)
        except AttributeError:
            return getattr(self.second, name)


class BackgroundLayer(LayerBase):
    """Grabs controls, so that they are dark while no other client has them."""

    def __init__(self, *elements: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._elements = list(elements)

    def on_received(self, client: Any, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("priority", self._priority)
        for element in self._elements:
            element.resource.grab(self, *args, **kwargs)

    def on_lost(self, client: Any) -> None:
        for element in self._elements:
            element.resource.release(self)

    def set_control_element(self, control_element: Any, grabbed: bool) -> None:
        if grabbed:
            control_element.reset()


class SimpleLayerOwner(Disconnectable):
    """An object with a layer that is grabbed from its creation to its disconnection."""

    def __init__(self, layer: Any = None) -> None:
        super().__init__()
        self._layer = layer
        layer.grab(self)

    def disconnect(self) -> None:
        self._layer.release(self)
        super().disconnect()
