"""Stand-ins for other objects."""

from __future__ import annotations

from remote_script.headless.frameworks.engine.proxies import Proxy, ProxyBase

__all__ = ["Proxy", "ProxyBase"]
