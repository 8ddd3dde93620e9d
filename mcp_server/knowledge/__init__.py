"""Knowledge about Live's devices: their purpose, advice for listening, and named starting values.

`devices.toml` has these texts, in our own words. This package uses neither the mirror nor Live.
"""

from .devices import Knowledge, StartingPoint, about, all_names, device_knowledge

__all__ = ["Knowledge", "StartingPoint", "about", "all_names", "device_knowledge"]
