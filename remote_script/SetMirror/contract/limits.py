"""Numbers that the script and its clients must agree about; each number is defined only here."""

from __future__ import annotations

PORT = 9860
"""The script's port on 127.0.0.1 unless `SETMIRROR_PORT` or `script.json` gives another one."""
PROTOCOLS = (2, 3)
"""Versions of the bridge's protocol that script and server support; since 3 menus may refer to others (see `menus`)."""
HEARTBEAT_S = 2.0
"""Seconds between two heartbeats; a client that misses three of them treats the connection as dead."""

STRANGER_BYTES = 4 * 1024
"""Longest line before authentication: a hello is some 200 bytes."""
REQUEST_BYTES = 4 * 1024 * 1024
"""Longest line of an authenticated client: about 40,000 notes in one write."""

OPERATIONS = 1000
"""Largest number of operations in one write."""
DEADLINE_S = 30.0
"""Default deadline of a write."""
MOST_DEADLINE_S = 3600.0

FOREVER_BEATS = 1576800.0
"""Live's own upper bound of times in a Set ("The time must be within [0., 1576800.]")."""
