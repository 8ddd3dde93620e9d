"""What `_Framework`, `ableton.v2` and `ableton.v3` have in common. Knows Live only through `live`."""
