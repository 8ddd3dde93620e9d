"""Numbers that the script and its clients must agree about; each has its one home here."""

from __future__ import annotations

PORT = 9860
"""Where the script listens on 127.0.0.1 when neither `SETMIRROR_PORT` nor `script.json` says otherwise."""
PROTOCOLS = (2,)
"""Versions of the bridge's protocol that both sides speak."""
HEARTBEAT_S = 2.0
"""Between two heartbeats; a client takes three missing ones for a dead connection."""

STRANGER_BYTES = 4 * 1024
"""Longest line before authentication: a hello is some 200 bytes."""
REQUEST_BYTES = 4 * 1024 * 1024
"""Longest line of an authenticated client: about 40,000 notes in one write."""

OPERATIONS = 1000
"""In one write."""
DEADLINE_S = 30.0
"""Of a write that names none."""
MOST_DEADLINE_S = 3600.0

FOREVER_BEATS = 1576800.0
"""Live's own bound of times in a Set ("The time must be within [0., 1576800.]")."""
