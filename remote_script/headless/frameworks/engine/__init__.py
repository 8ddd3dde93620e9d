"""Code that `_Framework`, `ableton.v2` and `ableton.v3` share. Only the module `live` accesses Live."""
