"""Stand-ins for other objects."""

from __future__ import annotations

from typing import Any


class ProxyBase:
    """Unknown attributes fall back to the proxied object, then to `proxied_interface`."""

    _skip_wrapper_lookup = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("proxied_object", "proxied_interface", "_proxied_object"):
            raise AttributeError(name)
        obj = self.proxied_object
        if obj is not None:
            return getattr(obj, name)
        interface = self.proxied_interface
        if interface is not None:
            return getattr(interface, name)
        raise AttributeError("this proxy has no object at present, so no attribute %r" % name)

    @property
    def proxied_object(self) -> Any:
        return None

    @property
    def proxied_interface(self) -> Any:
        obj = self.proxied_object
        return getattr(obj, "proxied_interface", obj)


class Proxy(ProxyBase):
    """Stands for an object that can be exchanged."""

    proxied_object = None
    _proxied_interface = None

    def __init__(
        self, proxied_object: Any = None, proxied_interface: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.proxied_object = proxied_object
        self._proxied_interface = proxied_interface

    @property
    def proxied_interface(self) -> Any:
        if self._proxied_interface is not None:
            return self._proxied_interface
        return getattr(self.proxied_object, "proxied_interface", self.proxied_object)
