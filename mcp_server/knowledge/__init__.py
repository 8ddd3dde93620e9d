"""What is known of Live's devices beyond their numbers: what each is for, how to listen, named starting values.

The facts stand in `devices.toml`, in words of our own. Nothing here touches the mirror or Live.
"""

from .devices import Knowledge, StartingPoint, about, all_names, device_knowledge

__all__ = ["Knowledge", "StartingPoint", "about", "all_names", "device_knowledge"]
